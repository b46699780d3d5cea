"""Entries of inboxes, what goes out of the building for them, and what people want."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any, Literal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.clock import utcnow
from asyncops.database import Model, Timestamped
from asyncops.outbox import Outgoing, index_of_due
from modules.notifications.matrix import Channel, Choices
from modules.notifications.timing import DIGEST_TIME, Timing

NEWEST = [text("created_at DESC"), text("id DESC")]
IN_INBOX = text("in_inbox")
UNREAD = text("in_inbox AND read_at IS NULL")
WAITS = text("held AND batch_id IS NULL AND due_at IS NOT NULL")


class Notification(Model):
    """One person is told of one act, once: the constraint stands behind every job and request that runs twice."""

    __tablename__ = "notifications"
    __table_args__ = (
        UniqueConstraint("recipient_id", "activity_id"),
        # What one sends oneself to try a channel is about no act.
        CheckConstraint("(activity_id IS NULL) = (event = 'user.test')", name="activity_id"),
        Index("ix_notifications_inbox", "recipient_id", *NEWEST, postgresql_where=IN_INBOX),
        Index("ix_notifications_unread", "recipient_id", *NEWEST, postgresql_where=UNREAD),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    activity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("activity.id"))
    event: Mapped[str] = mapped_column(String(64))
    # False: the person wants it by mail or chat alone.
    in_inbox: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    read_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())

    def mark(self, *, read: bool, at: datetime) -> None:
        """Read it, or make it new again; once more keeps the first moment."""
        self.read_at = (self.read_at or at) if read else None


class Delivery(Outgoing, Model):
    """A message on its way to one channel of one person, or to the workspace's chat (no recipient).

    A `held` one waits for the end of quiet hours or for the daily digest. When that has come, all that wait for the
    same person and channel become a batch: the first leads it and is sent, `batch_id` of all names it. A batch never
    changes again, so that sending it twice sends the same message.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("notification_id", "channel"),
        CheckConstraint("channel IN ('email', 'chat', 'workspace')", name="channel"),
        CheckConstraint("(channel = 'workspace') = (recipient_id IS NULL)", name="recipient_id"),
        CheckConstraint("(recipient_id IS NULL) = (notification_id IS NULL)", name="notification_id"),
        CheckConstraint("recipient_id IS NOT NULL OR activity_id IS NOT NULL", name="activity_id"),
        Index("uq_deliveries_workspace", "activity_id", unique=True, postgresql_where=text("recipient_id IS NULL")),
        Index("ix_deliveries_waiting", "recipient_id", "channel", postgresql_where=WAITS),
        Index("ix_deliveries_batch", "batch_id"),
        Index("ix_deliveries_created_at", "created_at"),
        index_of_due("deliveries"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notification_id: Mapped[int | None] = mapped_column(ForeignKey("notifications.id"))
    recipient_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    activity_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("activity.id"))
    channel: Mapped[Channel | Literal["workspace"]] = mapped_column(String(10))
    # Why it goes there: of several reasons, the first for which the person wants this channel.
    event: Mapped[str] = mapped_column(String(64))
    # About a critical incident: it passes quiet hours and digest.
    urgent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    held: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("deliveries.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())

    @property
    def message_id(self) -> str:
        """What names the message over all its repetitions."""
        return f"notification-{self.id}"

    def hold(self, until: datetime) -> None:
        """Let it wait; an attempt that was not made does not count."""
        self.held, self.due_at, self.nudged_at = True, until, None

    def join(self, leader: Delivery) -> None:
        """Become part of a batch; the leader is sent for all."""
        self.batch_id = leader.id
        self.nudged_at = None
        if self is not leader:
            self.due_at = None

    def share_fate(self, leader: Delivery) -> None:
        """As it went with the leader of the batch."""
        self.attempts, self.sent_at, self.last_error = leader.attempts, leader.sent_at, leader.last_error


class Preferences(Timestamped, Model):
    """What one person wants; who has no row wants the defaults."""

    __tablename__ = "notification_preferences"
    __table_args__ = (
        CheckConstraint("(quiet_start IS NULL) = (quiet_end IS NULL)", name="quiet_hours"),
        CheckConstraint("(chat_url IS NULL) = (chat_service IS NULL)", name="chat"),
        CheckConstraint("jsonb_typeof(choices) = 'object'", name="choices"),
    )

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, autoincrement=False)
    choices: Mapped[Mapping[str, Any]] = mapped_column(JSONB, default=dict, server_default=text("'{}'"))
    quiet_start: Mapped[time | None]
    quiet_end: Mapped[time | None]
    daily_mail: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    digest_time: Mapped[time] = mapped_column(default=DIGEST_TIME, server_default=text("'09:00'"))
    chat_url: Mapped[bytes | None] = mapped_column(LargeBinary)  # encrypted, see asyncops.encryption
    chat_service: Mapped[str | None] = mapped_column(String(50))


def choices_of(row: Any) -> Choices:
    """The choices in a row that may lack its preferences."""
    return Choices(row.choices or {})


def timing_of(row: Any) -> Timing:
    """The wishes in a row that may lack its preferences, but has the person's zone."""
    return Timing(
        timezone=row.timezone,
        quiet_start=row.quiet_start,
        quiet_end=row.quiet_end,
        daily_mail=bool(row.daily_mail),
        digest_time=row.digest_time or DIGEST_TIME,
    )
