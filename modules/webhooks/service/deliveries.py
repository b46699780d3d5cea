"""The rows of what has to be delivered: written with the act they tell of, listed, replayed, and purged."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

from sqlalchemy import delete, exists

from asyncops import outbox
from asyncops.actor import Actor
from asyncops.changes import Change
from asyncops.clock import is_past, utcnow
from asyncops.events import publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.webhooks import policy, queries
from modules.webhooks.errors import WebhookIsDisabled
from modules.webhooks.events import WebhookReplayed
from modules.webhooks.models import Webhook, WebhookDelivery, WebhookSecret, message_id
from modules.webhooks.service import messages

KEPT = timedelta(days=30)


def announce(activity_id: int, action: str) -> None:
    """Have the act delivered to every webhook that wants it. History that is filled in is nobody's news."""
    if not is_past() and queries.add_deliveries(activity_id, action):
        outbox.nudge()


def list_deliveries(actor: Actor, webhook_id: int, *, page: PageRequest) -> Page:
    """What was or has to be sent to one webhook, newest first; raises WebhookNotFound."""
    policy.require_admin(actor)
    queries.webhook_row(webhook_id)
    return queries.list_deliveries(webhook_id, page)


def get_delivery(actor: Actor, webhook_id: int, delivery_id: int) -> SimpleNamespace:
    """One delivery with its message as it would be sent now; raises WebhookNotFound, DeliveryNotFound."""
    policy.require_admin(actor)
    queries.webhook_row(webhook_id)
    row = queries.delivery_row(webhook_id, delivery_id)
    return SimpleNamespace(**row._asdict(), payload=messages.payload(row))


def replay_delivery(actor: Actor, webhook_id: int, delivery_id: int) -> SimpleNamespace:
    """Have a message sent now, under the same id, with all its attempts before it. Asking twice is asking once.

    Raises WebhookNotFound, WebhookIsDisabled, DeliveryNotFound, DeliveryInHand.
    """
    policy.require_admin(actor)
    webhook = queries.get_webhook(webhook_id)
    if not webhook.is_active:
        raise WebhookIsDisabled
    delivery = queries.lock_delivery(webhook_id, delivery_id)
    if delivery.replay(at=utcnow()):
        message = message_id(delivery.id, delivery.created_at)
        publish(WebhookReplayed(actor, webhook.subject, (Change("message", None, message),)))
    outbox.nudge()
    db.session.flush()  # the answer is read by SQL
    return get_delivery(actor, webhook_id, delivery_id)


def purge_done() -> None:
    """Delete what was settled long ago, secrets that have ended, and deleted webhooks of which nothing else is left."""
    before = utcnow() - KEPT
    settled = WebhookDelivery.due_at.is_(None) & (WebhookDelivery.created_at <= before)
    db.session.execute(delete(WebhookDelivery).where(settled))
    db.session.execute(delete(WebhookSecret).where(WebhookSecret.ends_at <= utcnow()))
    empty = ~exists().where(WebhookDelivery.webhook_id == Webhook.id)
    db.session.execute(delete(Webhook).where(Webhook.deleted_at <= before, empty))
