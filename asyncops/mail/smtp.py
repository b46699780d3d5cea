"""The conversation with the mail server: signed in over TLS or not at all, and over after 15 seconds."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

from asyncops.config import Settings
from asyncops.deadline import OUTSIDE_SECONDS, deadline
from asyncops.mail.message import own_host
from asyncops.mail_settings import SmtpServer
from asyncops.outbox import ARRIVED, Outcome

TRY_SECONDS = 5.0
CONNECT_SECONDS = 5.0
"""For each of a server's addresses, so that one that leads nowhere leaves time for the next."""
MAX_WORDS = 300

_SIGN_IN_FIRST = {530, 534, 535, 538}
_TOO_LARGE = 552
_UNPRINTABLE = re.compile(r"[^ -~]")


def hand_over(content: bytes, *, sender: str, to: str, server: SmtpServer, settings: Settings) -> Outcome:
    """Let the server take a message over; never raises for what it did or failed to do."""
    accepted = False
    try:
        with _conversation(server, own_host(settings), OUTSIDE_SECONDS) as smtp:
            smtp.sendmail(sender, [to], content)
            accepted = True
            smtp.quit()
    except (OSError, ValueError) as error:  # ValueError: the library, about an answer that is none
        if not accepted:  # else it is on its way, whatever went wrong with the goodbye
            return Outcome(_words(error), permanent=_is_permanent(error))
    return ARRIVED


def find_fault(server: SmtpServer, settings: Settings) -> str | None:
    """What stands in the way of sending, in one sentence; connects and signs in, and sends nothing."""
    try:
        with _conversation(server, own_host(settings), TRY_SECONDS) as smtp, suppress(smtplib.SMTPException):
            smtp.quit()
    except (OSError, ValueError) as error:
        return _words(error)
    return None


@contextmanager
def _conversation(server: SmtpServer, own_name: str, seconds: float) -> Iterator[smtplib.SMTP]:
    """A connection that has been greeted, encrypted and signed in."""
    smtp = smtplib.SMTP(local_hostname=own_name)  # named, or it would ask a name server what it is called
    wire: socket.socket | None = None
    until = time.monotonic() + seconds
    try:
        with closing(smtp), deadline(seconds, lambda: wire):
            smtp.sock = _connect(server, until)
            wire = smtp.sock.dup()  # TLS takes the socket itself over, and could not be cut off while it negotiates
            if time.monotonic() >= until:
                raise TimeoutError  # the cut came when there was nothing to cut yet
            smtp.sock.settimeout(seconds + 1)  # the deadline speaks first
            if server.tls_at_once:
                smtp.sock = _encrypted(smtp.sock, server)
            code, words = smtp.getreply()
            if code != 220:  # noqa: PLR2004 - ready
                raise smtplib.SMTPConnectError(code, words)
            smtp.ehlo_or_helo_if_needed()
            if not (server.tls_at_once or server.may_be_plain):
                _start_tls(smtp, server)
            if server.user:
                smtp.login(server.user, server.password)
            yield smtp
    finally:
        if wire is not None:
            wire.close()


def _connect(server: SmtpServer, until: float) -> socket.socket:
    refusal = OSError("it has no address")
    for *_, (address, *_) in socket.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM):
        left = until - time.monotonic()
        if left <= 0:
            break
        try:
            return socket.create_connection((str(address), server.port), timeout=min(left, CONNECT_SECONDS))
        except OSError as error:
            refusal = error
    raise refusal


def _encrypted(connected: socket.socket, server: SmtpServer) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(connected, server_hostname=server.host)


def _start_tls(smtp: smtplib.SMTP, server: SmtpServer) -> None:
    # By hand: the library takes the certificate's name only from a connection that it made itself.
    if not smtp.has_extn("starttls") or smtp.sock is None:
        raise smtplib.SMTPNotSupportedError("it offers no STARTTLS, and nothing leaves this machine in the clear")
    code, words = smtp.docmd("STARTTLS")
    if code != 220:  # noqa: PLR2004 - ready
        raise smtplib.SMTPResponseException(code, words)
    smtp.sock, smtp.file = _encrypted(smtp.sock, server), None  # None: what was said before TLS is forgotten
    smtp.ehlo_resp = None
    smtp.ehlo_or_helo_if_needed()


def _is_permanent(error: Exception) -> bool:
    """Whether the server refused this message or its recipient, for good.

    Not what an operator can mend: a sign-in, the sender's address, a server's policy (x.7.x: relaying, SPF, ...).
    """
    code, words = _answer(error)
    if not 500 <= code < 600 or code in _SIGN_IN_FIRST or words.startswith("5.7."):  # noqa: PLR2004 - 5xx: for good
        return False
    if isinstance(error, smtplib.SMTPSenderRefused):
        return code == _TOO_LARGE
    return isinstance(error, (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError))


def _words(error: Exception) -> str:
    """What went wrong, for the row and the log: no address and nothing of the message stands in it."""
    code, words = _answer(error)
    if code:
        return f"The mail server answered {code} {words}".rstrip()
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The mail server's certificate is not trusted: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS with the mail server failed: {error.reason or error}"
    trouble = "used" if isinstance(error, (smtplib.SMTPException, ValueError)) else "reached"
    return f"The mail server can't be {trouble}: {_clean(getattr(error, 'strerror', None) or str(error))}"


def _answer(error: Exception) -> tuple[int, str]:
    """The server's code and words; 0 where it was no answer of its own."""
    words: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        ((code, words),) = error.recipients.values()
    elif isinstance(error, smtplib.SMTPResponseException):
        code, words = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code, _clean(words.decode("ascii", "replace") if isinstance(words, bytes) else words)


def _clean(words: str) -> str:
    """On one line, without addresses and links: servers repeat who a message was for, some also what was in it."""
    kept = (word for word in words.split() if "@" not in word and "://" not in word)
    return _UNPRINTABLE.sub("", " ".join(kept))[:MAX_WORDS]
