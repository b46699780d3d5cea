"""Messages and housekeeping, one row at a time."""

from __future__ import annotations

from asyncops.jobs import job
from asyncops.outbox import Outbox, register
from modules.webhooks import service
from modules.webhooks.models import WebhookDelivery

register(Outbox(WebhookDelivery, "webhooks.deliver"))


@job("webhooks.deliver", queue="webhooks")
def deliver(delivery_id: int) -> None:
    """Send one message. Running it again is harmless: only a due row is claimed."""
    service.deliver(delivery_id)


@job("webhooks.purge_done", queue="maintenance", retry_after=())
def purge_done() -> None:
    """Delete what was delivered or given up a month ago."""
    service.purge_done()
