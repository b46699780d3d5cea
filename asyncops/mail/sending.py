"""One attempt to get a mail out of the building, or into a file where there is no mail server."""

from __future__ import annotations

from pathlib import Path

import structlog

from asyncops.config import Settings
from asyncops.mail.files import keep
from asyncops.mail.message import Mail, compose
from asyncops.mail.smtp import hand_over
from asyncops.outbox import ARRIVED, Outcome

log = structlog.get_logger(__name__)


def send_mail(mail: Mail, settings: Settings) -> Outcome:
    """Hand it to the mail server, or keep it as a file; never raises for what a server or a disk did."""
    if settings.smtp_url is None:
        return _keep(mail, settings)
    message = compose(mail, settings)
    content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
    outcome = hand_over(
        content, sender=settings.mail_from.addr_spec, to=mail.to, server=settings.smtp_url, settings=settings
    )
    if outcome == ARRIVED:
        log.info("mail_sent", id=mail.id)
    else:
        log.warning("mail_not_sent", id=mail.id, error=outcome.error)
    return outcome


def _keep(mail: Mail, settings: Settings) -> Outcome:
    content = compose(mail, settings, legible=True).as_bytes()
    try:
        path = keep(mail.name, content, Path(settings.data_dir) / "mail")
    except OSError as error:  # a full disk, a folder that is not ours: the attempt failed, the next may not
        log.warning("mail_not_written", id=mail.id, error=str(error))
        return Outcome(f"The mail file could not be written: {error.strerror}")
    log.info("mail_written", path=str(path))
    return ARRIVED
