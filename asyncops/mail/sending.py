"""One attempt to get a mail out of the building, or into a file where there is no mail server."""

from __future__ import annotations

from pathlib import Path

import structlog

from asyncops.config import Settings
from asyncops.mail.files import keep
from asyncops.mail.message import Mail, compose
from asyncops.outbox import ARRIVED, Outcome

log = structlog.get_logger(__name__)


def send_mail(mail: Mail, settings: Settings) -> Outcome:
    """Keep it as a file; never raises for what a disk did."""
    message = compose(mail, settings)
    try:
        path = keep(mail.name, message.as_bytes(), Path(settings.data_dir) / "mail")
    except OSError as error:  # a full disk, a folder that is not ours: the attempt failed, the next may not
        log.warning("mail_not_written", id=mail.id, error=str(error))
        return Outcome(f"The mail file could not be written: {error.strerror}")
    log.info("mail_written", path=str(path))
    return ARRIVED
