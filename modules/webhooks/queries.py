"""SQL that reads webhooks, and the one statement that writes what has to be delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    DateTime,
    Text,
    bindparam,
    case,
    func,
    insert,
    literal,
    select,
    update,
)

from asyncops.clock import utcnow
from asyncops.database import AnyRow, lock, table_of
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.activity import views as activity
from modules.identity.views import person
from modules.webhooks.errors import DeliveryInHand, DeliveryNotFound, WebhookNotFound
from modules.webhooks.models import EVERYTHING, Webhook, WebhookDelivery, WebhookSecret

WEBHOOK_COLUMNS = (
    Webhook.id,
    Webhook.url,
    Webhook.description,
    Webhook.events,
    Webhook.is_active,
    Webhook.created_at,
    Webhook.updated_at,
    Webhook.last_success_at,
    Webhook.last_failure_at,
    Webhook.failing_since,
    Webhook.version,
)
NEWEST_FIRST = Keyset(Webhook, (Webhook.created_at, Webhook.id))
NEWEST_DELIVERY_FIRST = Keyset(WebhookDelivery, (WebhookDelivery.created_at, WebhookDelivery.id))
THERE = Webhook.deleted_at.is_(None)
WANTED = THERE & Webhook.is_active

_actor = person("actor")
_STATUS = case(
    (WebhookDelivery.due_at.is_not(None), "pending"),
    (WebhookDelivery.sent_at.is_not(None), "delivered"),
    else_="failed",
)
_WEBHOOKS = select(*WEBHOOK_COLUMNS)
_ONE = Prepared(_WEBHOOKS.where(Webhook.id == bindparam("id"), THERE))
_DELIVERIES = select(
    WebhookDelivery.id,
    WebhookDelivery.webhook_id,
    WebhookDelivery.activity_id,
    activity.action.label("event"),
    activity.subject_type,
    activity.subject_id,
    activity.subject_title,
    WebhookDelivery.created_at,
    WebhookDelivery.attempts,
    WebhookDelivery.due_at,
    WebhookDelivery.sent_at,
    _STATUS.label("status"),
    WebhookDelivery.status_code,
    WebhookDelivery.last_error,
    WebhookDelivery.response,
    WebhookDelivery.duration_ms,
).join(activity.table, activity.activity_id == WebhookDelivery.activity_id)
_OF_WEBHOOK = WebhookDelivery.webhook_id == bindparam("webhook_id")
_DELIVERY = Prepared(
    _DELIVERIES.add_columns(activity.occurred_at, activity.changes, _actor.columns)
    .outerjoin(_actor.table, _actor.id == activity.actor_id)
    .where(WebhookDelivery.id == bindparam("id"), _OF_WEBHOOK)
)


def lock_webhook(webhook_id: int) -> Webhook:
    """The webhook, locked; raises WebhookNotFound for a deleted one too."""
    webhook = lock(Webhook, webhook_id, WebhookNotFound)
    if webhook.deleted_at is not None:
        raise WebhookNotFound
    return webhook


def get_webhook(webhook_id: int) -> Webhook:
    """The webhook, to read; raises WebhookNotFound for a deleted one too."""
    webhook = db.session.scalars(select(Webhook).where(Webhook.id == webhook_id, THERE)).one_or_none()
    if webhook is None:
        raise WebhookNotFound
    return webhook


def webhook_row(webhook_id: int) -> AnyRow:
    """One webhook as the API shows it; raises WebhookNotFound for a deleted one too."""
    row = _ONE.one_or_none(id=webhook_id)
    if row is None:
        raise WebhookNotFound
    return row


def list_webhooks(page: PageRequest) -> Page:
    """All of them, newest first."""
    return paginate(_WEBHOOKS, NEWEST_FIRST, page, Where(THERE))


def count_webhooks() -> int:
    """How many there are."""
    return db.session.scalar(select(func.count()).select_from(Webhook).where(THERE)) or 0


def wanted_url(webhook_id: int) -> str | None:
    """Where its messages go; None when it is switched off or deleted."""
    return db.session.scalar(select(Webhook.url).where(Webhook.id == webhook_id, WANTED))


def signing_secrets(webhook_id: int, *, at: datetime) -> Sequence[bytes]:
    """All that sign its messages at a moment, encrypted, the current one first."""
    still = WebhookSecret.ends_at.is_(None) | (WebhookSecret.ends_at > at)
    statement = select(WebhookSecret.secret).where(WebhookSecret.webhook_id == webhook_id, still)
    return db.session.scalars(statement.order_by(WebhookSecret.ends_at.desc().nulls_first(), WebhookSecret.id)).all()


def note_success(webhook_id: int, *, at: datetime) -> None:
    """Something arrived."""
    _note(webhook_id, last_success_at=at, failing_since=None)


def note_failure(webhook_id: int, *, at: datetime) -> datetime | None:
    """Something did not arrive; gives since when nothing did, None for a webhook that nobody wants any more."""
    return _note(webhook_id, last_failure_at=at, failing_since=func.coalesce(Webhook.failing_since, at))


def _note(webhook_id: int, **values: Any) -> datetime | None:
    # Past the session, and with its own time of change: no edit, so no new version.
    noted = update(Webhook).where(Webhook.id == webhook_id, WANTED)
    noted = noted.values(**values, updated_at=Webhook.updated_at).returning(Webhook.failing_since)
    return db.session.scalar(noted.execution_options(synchronize_session=False))


_now = bindparam("now", type_=DateTime(timezone=True))
_wanting = select(Webhook.id, bindparam("activity_id", type_=BigInteger), _now, _now, literal(0))
# With every act, though most workspaces have no webhook: put together once.
_ADD_DELIVERIES = Prepared(
    insert(table_of(WebhookDelivery))
    .from_select(
        ("webhook_id", "activity_id", "created_at", "due_at", "attempts"),
        _wanting.where(WANTED, Webhook.events.overlap(bindparam("events", type_=ARRAY(Text)))),
    )
    .returning(table_of(WebhookDelivery).c.id)
)


def add_deliveries(activity_id: int, action: str) -> int:
    """A row for each webhook that wants this act; gives how many that are."""
    values = {"activity_id": activity_id, "now": utcnow(), "events": [action, EVERYTHING]}
    return len(_ADD_DELIVERIES.all(**values))


def drop_waiting(webhook_id: int, reason: str) -> None:
    """Let go of what is still to be sent to it.

    Past rows that a worker has in hand: it holds its row and then wants the webhook's, so to wait for it with the
    webhook locked would be a deadlock. It finds out by itself.
    """
    waiting = select(WebhookDelivery.id).where(
        WebhookDelivery.webhook_id == webhook_id, WebhookDelivery.due_at.is_not(None)
    )
    mine = waiting.with_for_update(skip_locked=True, key_share=True)
    dropped = update(WebhookDelivery).where(WebhookDelivery.id.in_(mine))
    db.session.execute(dropped.values(due_at=None, last_error=reason).execution_options(synchronize_session=False))


def lock_delivery(webhook_id: int, delivery_id: int) -> WebhookDelivery:
    """The delivery, locked; raises DeliveryNotFound, and DeliveryInHand instead of waiting until it was sent."""
    mine = (WebhookDelivery.id == delivery_id) & (WebhookDelivery.webhook_id == webhook_id)
    locking = select(WebhookDelivery).where(mine).with_for_update(skip_locked=True, key_share=True)
    delivery = db.session.scalars(locking.execution_options(populate_existing=True)).one_or_none()
    if delivery is not None:
        return delivery
    if db.session.scalar(select(WebhookDelivery.id).where(mine)) is None:
        raise DeliveryNotFound
    raise DeliveryInHand


def list_deliveries(webhook_id: int, page: PageRequest) -> Page:
    """What was or has to be sent to one webhook, newest first."""
    where = Where()
    where.add(_OF_WEBHOOK, webhook_id=webhook_id)
    return paginate(_DELIVERIES, NEWEST_DELIVERY_FIRST, page, where)


def delivery_row(webhook_id: int, delivery_id: int) -> AnyRow:
    """One delivery with the act it tells of; raises DeliveryNotFound."""
    row = _DELIVERY.one_or_none(id=delivery_id, webhook_id=webhook_id)
    if row is None:
        raise DeliveryNotFound
    return row
