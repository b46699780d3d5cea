"""A person's own inbox."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from asyncops import outbox
from asyncops.actor import Actor
from asyncops.clock import utcnow
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.notifications import queries
from modules.notifications.matrix import TEST
from modules.notifications.models import Delivery, Notification


def list_notifications(actor: Actor, *, page: PageRequest, unread: bool = False) -> Page:
    """The caller's entries, newest first, and how many are unread."""
    unread_count = queries.count_unread(actor.id or 0)
    return queries.inbox(actor.id or 0, page, unread=unread).beside(unread_count=unread_count)


def mark_notification(actor: Actor, notification_id: int, *, is_read: bool) -> Any:
    """Read one of the caller's entries, or make it new again; raises NotificationNotFound."""
    queries.lock_entry(actor.id or 0, notification_id).mark(read=is_read, at=utcnow())
    db.session.flush()  # the answer is read by SQL
    return queries.entry(actor.id or 0, notification_id)


def read_all(actor: Actor) -> dict[str, int]:
    """Read all of the caller's entries; gives how many are unread now."""
    unread = (Notification.recipient_id == actor.id) & Notification.read_at.is_(None)
    statement = update(Notification).where(unread).values(read_at=utcnow())
    db.session.execute(statement.execution_options(synchronize_session=False))
    return {"unread_count": queries.count_unread(actor.id or 0)}


def send_test(actor: Actor) -> dict[str, list[str]]:
    """Send the caller a test on each of their channels, quiet hours or not; gives which these are."""
    user_id = actor.id or 0
    channels = ["email", *(["chat"] if queries.wishes(user_id).chat_service else [])]
    notification = Notification(recipient_id=user_id, event=TEST)
    db.session.add(notification)
    db.session.flush()  # the deliveries need the id
    db.session.add_all(
        Delivery(notification_id=notification.id, recipient_id=user_id, channel=channel, event=TEST, urgent=True)
        for channel in channels
    )
    outbox.nudge()
    return {"channels": ["inbox", *channels]}
