"""A mail and the message that it becomes: the same one, byte for byte, whenever it is made again."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from asyncops.config import Settings
from asyncops.mail.blocks import Block, require_address
from asyncops.mail.rendering import render_html, render_text

MAX_SUBJECT = 150
MAX_LINE = 998
"""The longest line that the protocol lets through, in bytes."""

_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to one person.

    `id` (letters, digits, hyphens) stays the same over repetitions; with `made_at`, the time at which the row behind it
    was made, it stays unique even where a database made anew counts from one again. Mails with the same `thread` are
    shown together. `unsubscribe` is where a person, or their mail program by itself, says that this was the last one.
    """

    id: str
    to: str
    subject: str
    blocks: tuple[Block, ...]
    made_at: datetime
    reason: str
    thread: str | None = None
    unsubscribe: str | None = None

    def __post_init__(self) -> None:
        """Refuse what would not make a good message, or not the same one each time."""
        for name in (self.id, "-" if self.thread is None else self.thread):
            if not _NAME.fullmatch(name):
                raise ValueError(f"Not letters, digits and hyphens: {name!r}")
        if not _PLAIN_ADDRESS.fullmatch(self.to):
            raise ValueError("Not a plain address")  # and not which: errors are logged
        if self.made_at.tzinfo is None:
            raise ValueError("made_at has no time zone")
        if self.unsubscribe is not None:
            require_address(self.unsubscribe)

    @property
    def name(self) -> str:
        """What tells this mail from every other one."""
        return f"{self.id}.{self.made_at.astimezone(UTC):%Y%m%dT%H%M%S%f}"


def compose(mail: Mail, settings: Settings, *, legible: bool = False) -> EmailMessage:
    """The message. Nothing in it depends on when or where it is made, so that who gets it twice sees one.

    All of it is ASCII, for any server; where it shall be `legible`, in a file, only its headers are.
    """
    host = own_host(settings)
    subject = _one_line(mail.subject)
    message = EmailMessage(policy=_POLICY.clone(cte_type="8bit" if legible else "7bit"))
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = subject
    # When it happened, not when this attempt was made: a repetition must be the same message.
    message["Date"] = format_datetime(mail.made_at.astimezone(UTC))
    message["Message-ID"] = f"<{mail.name}@{host}>"
    if mail.thread is not None:
        message["In-Reply-To"] = message["References"] = f"<{mail.thread}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if mail.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"

    text = render_text(blocks=mail.blocks, reason=mail.reason, unsubscribe=mail.unsubscribe)
    html = render_html(
        subject=subject,
        sender=settings.workspace_name,
        blocks=mail.blocks,
        reason=mail.reason,
        unsubscribe=mail.unsubscribe,
    )
    message.set_content(text, cte=_encoding(text, legible=legible))
    message.add_alternative(html, subtype="html", cte=_encoding(html, legible=legible))
    # A text can't hold its own digest, so nobody can write a line that ends a part.
    message.set_boundary(f"=_{hashlib.sha256((text + html).encode()).hexdigest()[:32]}")
    return message


def own_host(settings: Settings) -> str:
    """The host name that people know this place by, as it stands in ids and greetings."""
    host = urlsplit(settings.base_url).hostname or "localhost"
    try:
        version = ip_address(host).version
    except ValueError:
        return host
    return f"[{host}]" if version == 4 else f"[IPv6:{host}]"  # noqa: PLR2004 - IPv4


class _Unbroken(UnstructuredHeader, BaseHeader):
    """A header on one line: the standard folding would make a long address unreadable (=?utf-8?q?...)."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
for _name in ("References", "In-Reply-To", "List-Unsubscribe"):
    _HEADERS.map_to_type(_name, _Unbroken)
_POLICY = EmailPolicy(header_factory=_HEADERS)


def _one_line(subject: str) -> str:
    line = " ".join(_BREAKS.sub(" ", subject).split())
    return line if len(line) <= MAX_SUBJECT else f"{line[: MAX_SUBJECT - 1].rstrip()}…"


def _encoding(text: str, *, legible: bool) -> str | None:
    """As it is where it arrives as it is, so that a link can be read in a file. None: the shorter of the encodings."""
    if max(map(len, text.encode().split(b"\n"))) > MAX_LINE:
        return None
    return "7bit" if text.isascii() else "8bit" if legible else None
