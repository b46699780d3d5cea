"""SMTP_URL and MAIL_FROM: read and checked when the process starts, so that no mail stumbles over them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from email.errors import InvalidHeaderDefect
from email.headerregistry import Address, HeaderRegistry
from ipaddress import ip_address
from typing import Any
from urllib.parse import unquote, urlsplit

PORTS = {"smtp": 587, "smtps": 465}
SMTP_URL_MAY_BE = (
    "smtp://user:password@host:587 (STARTTLS) or smtps://user:password@host:465, special characters as %40"
)


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where mails are handed over. `user` empty: without signing in."""

    host: str
    port: int
    tls_at_once: bool
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def may_be_plain(self) -> bool:
        """Whether it is this machine itself: nobody listens in between, and nobody would have a certificate for it."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_smtp_url(text: str) -> SmtpServer:
    """Read `SMTP_URL`; raises ValueError for what `SMTP_URL_MAY_BE` does not describe."""
    url = urlsplit(text)
    if url.scheme not in PORTS or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ValueError(text)
    url.hostname.encode("idna")  # raises ValueError for what no name server would be asked for
    if not re.fullmatch(r"[a-z0-9.:-]+", url.hostname):
        raise ValueError(text)
    user, password = (unquote(part or "", errors="strict") for part in (url.username, url.password))
    if bool(user) != bool(password) or not re.fullmatch(r"[ -~]*", user + password):  # the protocol has no others
        raise ValueError(text)
    port = PORTS[url.scheme] if url.port is None else url.port
    if not port:
        raise ValueError(text)
    return SmtpServer(url.hostname, port, url.scheme == "smtps", user, password)


def read_mail_from(text: str) -> Address:
    """Read `MAIL_FROM`, one address with or without a name; raises ValueError for anything else."""
    header: Any = HeaderRegistry()("From", text)
    # Defects that are merely obsolete are let pass, such as the period in Acme Inc. <ops@example.org>.
    if any(isinstance(defect, InvalidHeaderDefect) for defect in header.defects) or len(header.addresses) != 1:
        raise ValueError(text)
    sender: Address = header.addresses[0]
    if not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", sender.addr_spec) or re.search(r"[\x00-\x1f\x7f]", text):
        raise ValueError(text)
    return sender
