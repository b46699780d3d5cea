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
    """Write the mail to `<DATA_DIR>/mail/<id>.eml`, whole or not at all."""
    message = EmailMessage()  # refuses line breaks in headers by itself
    message["From"] = settings.mail_from
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Date"] = format_datetime(utcnow())
    message["Message-ID"] = f"<{mail.id}@asyncops>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)

    folder = Path(settings.data_dir) / "mail"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{mail.id}.eml"
    unfinished = folder / f".{mail.id}.{os.getpid()}"
    # Owner only from the first byte: these mails carry links that let one in.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(message.as_bytes())
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    log.info("mail_written", path=str(path))
    return ARRIVED
