"""Messages, one at a time, and housekeeping."""

from __future__ import annotations

from asyncops.jobs import job
from asyncops.outbox import Outbox, register
from modules.notifications import service
from modules.notifications.models import Delivery

register(Outbox(Delivery, "notifications.deliver"))


@job("notifications.deliver", queue="notifications", retry_after=())
def deliver(delivery_id: int) -> None:
    """Send one message. Running it again is harmless: only a due row that nobody else is sending is claimed."""
    service.deliver(delivery_id)


@job("notifications.purge", queue="maintenance", retry_after=())
def purge() -> None:
    """Forget what is done and old."""
    service.purge()
