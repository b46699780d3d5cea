"""SQL that reads notifications, and what must be known to tell somebody."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, bindparam, false, func, or_, select, true
from sqlalchemy.orm import Bundle

from asyncops.clock import utcnow
from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, count, paginate
from asyncops.prepared import Prepared
from modules.activity import views as activity
from modules.decisions import views as decisions
from modules.identity.views import person
from modules.incidents import views as incidents
from modules.notifications.errors import NotificationNotFound
from modules.notifications.models import Delivery, Notification, Preferences
from modules.status_updates import views as status_updates

NEWEST_FIRST = Keyset(Notification, (Notification.created_at, Notification.id))

_actor = person("actor")
_recipient = person("recipient")

_WISHES = (
    Preferences.choices,
    Preferences.quiet_start,
    Preferences.quiet_end,
    Preferences.daily_mail,
    Preferences.digest_time,
    Preferences.chat_service,
)
_ACT = (
    activity.action,
    activity.subject_type,
    activity.subject_id,
    activity.subject_title,
    activity.changes,
    _actor.columns,
)


_ENTRIES = (
    select(
        Notification.id,
        Notification.event,
        Notification.recipient_id,
        Notification.created_at,
        Notification.read_at.is_not(None).label("is_read"),
        *_ACT,
    )
    .outerjoin(activity.table, activity.activity_id == Notification.activity_id)
    .outerjoin(_actor.table, _actor.id == activity.actor_id)
)
_OWN = Notification.recipient_id == bindparam("user_id")
_IN_INBOX = Notification.in_inbox == true()
_UNREAD = Notification.read_at.is_(None)
_ENTRY = Prepared(_ENTRIES.where(Notification.id == bindparam("id"), _OWN, _IN_INBOX))


def inbox(user_id: int, page: PageRequest, *, unread: bool) -> Page:
    """A person's entries, newest first."""
    return paginate(_ENTRIES, NEWEST_FIRST, page, _inbox_of(user_id, unread=unread))


def count_unread(user_id: int) -> int:
    """How many entries are new, as far as totals go."""
    return count(Notification, _inbox_of(user_id, unread=True))


def entry(user_id: int, notification_id: int) -> AnyRow:
    """One of a person's own entries; raises NotificationNotFound."""
    row = _ENTRY.one_or_none(user_id=user_id, id=notification_id)
    if row is None:
        raise NotificationNotFound
    return row


def lock_entry(user_id: int, notification_id: int) -> Notification:
    """As `entry`, to be changed."""
    own = select(Notification).where(
        Notification.id == notification_id, Notification.recipient_id == user_id, _IN_INBOX
    )
    found = db.session.scalars(own.with_for_update(key_share=True)).one_or_none()
    if found is None:
        raise NotificationNotFound
    return found


def _inbox_of(user_id: int, *, unread: bool) -> Where:
    where = Where(_IN_INBOX, *([_UNREAD] if unread else []))
    where.add(_OWN, user_id=user_id)
    return where


def audience(user_ids: Collection[int], *, everybody: bool, administrators: bool) -> Sequence[AnyRow]:
    """Active people among those named, with what they want."""
    named: ColumnElement[bool] = true() if everybody else _recipient.id.in_(user_ids)
    admins: ColumnElement[bool] = _recipient.role == "admin" if administrators else false()
    statement = (
        select(
            _recipient.id.label("id"), _recipient.role.label("role"), _recipient.timezone.label("timezone"), *_WISHES
        )
        .outerjoin(Preferences, Preferences.user_id == _recipient.id)
        .where(_recipient.is_active, or_(named, admins))
        .order_by(_recipient.id)
    )
    return db.session.execute(statement).all()


def wishes(user_id: int) -> AnyRow:
    """What one person wants, with the zone in which they live."""
    statement = (
        select(_recipient.timezone.label("timezone"), *_WISHES)
        .select_from(_recipient.table)
        .outerjoin(Preferences, Preferences.user_id == _recipient.id)
        .where(_recipient.id == user_id)
    )
    return db.session.execute(statement).one()


def lock_preferences(user_id: int) -> Preferences:
    """The person's row, which must exist, locked."""
    statement = select(Preferences).where(Preferences.user_id == user_id)
    return db.session.scalars(statement.with_for_update(key_share=True).execution_options(populate_existing=True)).one()


def chat_url(user_id: int) -> bytes | None:
    """The person's chat target, encrypted."""
    return db.session.scalar(select(Preferences.chat_url).where(Preferences.user_id == user_id))


def owners(*, status_id: int | None, incident_id: int | None) -> set[int]:
    """Whose update it is, who reported the incident and who is on it."""
    found: set[int | None] = set()
    if status_id is not None:
        found |= set(db.session.scalars(select(status_updates.author_id).where(status_updates.update_id == status_id)))
    if incident_id is not None:
        people = select(incidents.reported_by_id, incidents.assigned_to_id)
        found |= {
            user_id for row in db.session.execute(people.where(incidents.incident_id == incident_id)) for user_id in row
        }
    return {user_id for user_id in found if user_id is not None}


def participants(decision_id: int) -> set[int]:
    """Who takes part in a decision."""
    statement = select(decisions.participant_id).where(decisions.participant_decision_id == decision_id)
    return set(db.session.scalars(statement))


def find_waiting(delivery_id: int) -> AnyRow | None:
    """Whose and what channel's a delivery is, if its time to become part of a batch has come."""
    waits = Delivery.held & Delivery.batch_id.is_(None) & (Delivery.due_at <= utcnow())
    statement = select(Delivery.recipient_id, Delivery.channel).where(Delivery.id == delivery_id, waits)
    return db.session.execute(statement).one_or_none()


def lock_waiting(recipient_id: int, channel: str) -> list[tuple[Delivery, bool]]:
    """All that waits for one person on one channel and is due, oldest first; with each, whether it has been read."""
    mine = (Delivery.recipient_id == recipient_id) & (Delivery.channel == channel)
    waits = Delivery.held & Delivery.batch_id.is_(None) & (Delivery.due_at <= utcnow())
    statement = (
        select(Delivery, Notification.read_at.is_not(None))
        .join(Notification, Notification.id == Delivery.notification_id)
        .where(mine, waits)
        .order_by(Delivery.id)
        .with_for_update(of=Delivery, key_share=True)
        .execution_options(populate_existing=True)
    )
    return [(delivery, read) for delivery, read in db.session.execute(statement)]


def lock_members(leader: Delivery) -> Sequence[Delivery]:
    """The other deliveries of a batch."""
    others = (Delivery.batch_id == leader.id) & (Delivery.id != leader.id)
    return db.session.scalars(select(Delivery).where(others).with_for_update(key_share=True)).all()


def messages(delivery_ids: Collection[int]) -> Sequence[AnyRow]:
    """What each delivery is about, oldest first."""
    statement = (
        select(
            Delivery.id,
            Delivery.created_at,
            Delivery.event,
            Notification.recipient_id,
            *_ACT,
        )
        .outerjoin(Notification, Notification.id == Delivery.notification_id)
        .outerjoin(
            activity.table,
            activity.activity_id == func.coalesce(Notification.activity_id, Delivery.activity_id),
        )
        .outerjoin(_actor.table, _actor.id == activity.actor_id)
        .where(Delivery.id.in_(delivery_ids))
        .order_by(Delivery.id)
    )
    return db.session.execute(statement).all()


def recipient(user_id: int) -> AnyRow:
    """Where and how one person is reached."""
    statement = (
        select(
            Bundle("person", _recipient.id, _recipient.email, _recipient.name, _recipient.is_active),
            _recipient.timezone.label("timezone"),
            Preferences.chat_url,
            *_WISHES,
        )
        .select_from(_recipient.table)
        .outerjoin(Preferences, Preferences.user_id == _recipient.id)
        .where(_recipient.id == user_id)
    )
    return db.session.execute(statement).one()
