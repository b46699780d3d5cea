"""Outgoing mail, kept as files: a mail's id is its file's name, so that sending twice is sending once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

import structlog

from asyncops.clock import utcnow
from asyncops.config import Settings
from asyncops.outbox import ARRIVED, Outcome

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person. `id` (letters, digits, hyphens) stays the same over repetitions."""

    id: str
    to: str
    subject: str
    text: str


def send_mail(mail: Mail, settings: Settings) -> Outcome:
    """Write the mail to `<DATA_DIR>/mail/<id>.eml`, whole or not at all; never raises for a disk that refuses."""
    message = EmailMessage()  # refuses line breaks in headers by itself
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(utcnow())
    message["Message-ID"] = f"<{mail.id}@asyncops>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)

    try:
        path = _keep(mail.id, message.as_bytes(), Path(settings.data_dir) / "mail")
    except OSError as error:  # a full disk, a folder that is not ours: the attempt failed, the next may not
        log.warning("mail_not_written", id=mail.id, error=str(error))
        return Outcome(f"The mail file could not be written: {error.strerror}")
    log.info("mail_written", path=str(path))
    return ARRIVED


def _keep(name: str, content: bytes, folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.eml"
    unfinished = folder / f".{name}.{os.getpid()}"
    # Owner only from the first byte: these mails carry links that let one in.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path
