"""Sending one message: claim the row, send, mark.

Locks are taken in one order: the delivery first, held while it is sent, and the webhook at the very end, for one short
UPDATE. Whoever locks a webhook first, to change or delete it, never waits for a delivery (`queries.drop_waiting`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

import structlog

from asyncops import outbound, outbox
from asyncops.actor import SYSTEM
from asyncops.clock import utcnow
from asyncops.encryption import Unreadable
from asyncops.events import publish
from asyncops.extensions import settings
from asyncops.outbound import NoAnswer, NotAllowed
from asyncops.outbox import ARRIVED, Outcome
from modules.webhooks import queries
from modules.webhooks.events import WebhookDisabled
from modules.webhooks.models import MAX_RESPONSE, WebhookDelivery
from modules.webhooks.service import messages

log = structlog.get_logger(__name__)

DISABLED_AFTER = timedelta(days=5)
"""A webhook to which nothing arrived for so long is switched off."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one attempt; `error` None: it arrived."""

    error: str | None
    status: int | None = None
    response: str | None = None

    @property
    def is_gone(self) -> bool:
        """Whether the receiver says that it will never want anything again."""
        return self.status == HTTPStatus.GONE


def deliver(delivery_id: int) -> None:
    """Send one message. Running it again is harmless: only a due row that nobody else is sending is claimed."""
    delivery = outbox.claim(WebhookDelivery, delivery_id)
    if delivery is None:
        return
    url = queries.wanted_url(delivery.webhook_id)
    if url is None:  # switched off while the row was being written, or while it was in somebody's hand
        delivery.drop("The webhook was disabled or deleted")
        return
    started = time.perf_counter()
    attempt = _attempt(url, delivery)
    delivery.duration_ms = round((time.perf_counter() - started) * 1000)
    delivery.status_code, delivery.response = attempt.status, attempt.response
    log.info(
        "webhook_attempt",
        webhook_id=delivery.webhook_id,
        delivery_id=delivery.id,
        status=attempt.status,
        error=attempt.error,
        duration_ms=delivery.duration_ms,
    )
    _mark(delivery, attempt)


def _attempt(url: str, delivery: WebhookDelivery) -> Attempt:
    """Send it; what the other side does, or does not, is data."""
    now = utcnow()
    row = queries.delivery_row(delivery.webhook_id, delivery.id)
    secrets = queries.signing_secrets(delivery.webhook_id, at=now)
    try:
        body, headers = messages.sealed(row, list(secrets), at=now)
        answer = outbound.post(url, body, headers, settings())
    except (NotAllowed, NoAnswer, Unreadable) as problem:
        return Attempt(str(problem))
    arrived = HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES
    error = None if arrived else f"The receiver answered {answer.status}"
    return Attempt(error, answer.status, answer.text[:MAX_RESPONSE])


def _mark(delivery: WebhookDelivery, attempt: Attempt) -> None:
    now = utcnow()
    if attempt.error is None:
        queries.note_success(delivery.webhook_id, at=now)
        delivery.record(ARRIVED, at=now)
        return
    failing_since = queries.note_failure(delivery.webhook_id, at=now)
    unwanted = failing_since is None  # switched off or deleted while this was on its way
    given_up = failing_since is not None and (attempt.is_gone or now - failing_since >= DISABLED_AFTER)
    delivery.record(Outcome(attempt.error, permanent=unwanted or given_up), at=now)
    if given_up:
        why = "its receiver is gone" if attempt.is_gone else "nothing arrived for five days"
        _disable(delivery.webhook_id, f"The webhook was disabled: {why}")


def _disable(webhook_id: int, reason: str) -> None:
    webhook = queries.lock_webhook(webhook_id)
    changes = webhook.edit(is_active=False)
    queries.drop_waiting(webhook_id, reason)
    publish(WebhookDisabled(SYSTEM, webhook.subject, changes))
    log.warning("webhook_disabled", webhook_id=webhook_id, reason=reason)
