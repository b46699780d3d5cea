"""The tables of webhooks, of their secrets, and of what was or has to be delivered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.clock import utcnow
from asyncops.database import Model, Timestamped, Versioned
from asyncops.events import Subject
from asyncops.outbox import Outgoing, index_of_due

MAX_URL = 2_000
MAX_DESCRIPTION = 200
MAX_EVENTS = 100
MAX_TITLE = 255
MAX_RESPONSE = 1_000
EVERYTHING = "*"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def shown(url: str) -> str:
    """A URL as the ledger may hold it: without its query, which may be a token."""
    base, mark, _ = url.partition("?")
    return f"{base}?…" if mark else base


class Webhook(Timestamped, Versioned, Model):
    """Where messages go. Deleting only hides it: it need not wait for a message that is being sent.

    What the sending of messages writes here (the last success and failure) is no new version: it is not an edit that
    somebody could overwrite.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("url ~ '^https?://[!-~]+$'", name="url"),
        CheckConstraint("cardinality(events) BETWEEN 1 AND 100 AND char_length(words(events)) <= 6600", name="events"),
        Index(
            "ix_webhooks_newest", text("created_at DESC"), text("id DESC"), postgresql_where=text("deleted_at IS NULL")
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(MAX_URL))
    description: Mapped[str] = mapped_column(String(MAX_DESCRIPTION), default="", server_default="")
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    # The first failure since the last success.
    failing_since: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]

    @property
    def subject(self) -> Subject:
        """This webhook in events."""
        return Subject("webhook", self.id, shown(self.url)[:MAX_TITLE])

    def edit(
        self,
        *,
        url: str | Absent = ABSENT,
        description: str | Absent = ABSENT,
        events: list[str] | Absent = ABSENT,
        is_active: bool | Absent = ABSENT,
    ) -> tuple[Change, ...]:
        """Change it. Another address, or switching it on again, begins with a clean slate."""
        changes = apply(self, url=url, description=description, events=events, is_active=is_active)
        if any(change.field == "url" or (change.field == "is_active" and change.new) for change in changes):
            self.failing_since = None
        return tuple(
            Change("url", shown(change.old), shown(change.new)) if change.field == "url" else change
            for change in changes
        )

    def touch(self) -> None:
        """Count a new secret, which stands in another table, as a write to this record."""
        self.updated_at = utcnow()

    def delete(self, *, at: datetime) -> None:
        """Hide it for good."""
        self.deleted_at = at


class WebhookSecret(Model):
    """A key that signs a webhook's messages, encrypted. `ends_at` null: the current one; the others sign until then."""

    __tablename__ = "webhook_secrets"
    __table_args__ = (
        Index(
            "uq_webhook_secrets_current",
            "webhook_id",
            unique=True,
            postgresql_where=text("ends_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"), index=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())
    ends_at: Mapped[datetime | None]


class WebhookDelivery(Outgoing, Model):
    """One act on its way to one webhook, with how the last attempt went. The message itself is made from the ledger."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        UniqueConstraint("webhook_id", "activity_id"),
        CheckConstraint("due_at IS NULL OR sent_at IS NULL", name="due_or_sent"),
        index_of_due("webhook_deliveries"),
        Index("ix_webhook_deliveries_newest", "webhook_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhooks.id"))
    activity_id: Mapped[int] = mapped_column(ForeignKey("activity.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())
    status_code: Mapped[int | None]
    response: Mapped[str | None] = mapped_column(String(MAX_RESPONSE))
    duration_ms: Mapped[int | None]

    def replay(self, *, at: datetime) -> bool:
        """Let it be sent now, with all its attempts before it; False if it waits for just that already."""
        if self.due_at is not None and self.due_at <= at and not self.attempts:
            return False
        self.due_at, self.attempts, self.sent_at, self.last_error, self.nudged_at = at, 0, None, None, None
        return True


def message_id(delivery_id: int, created_at: datetime) -> str:
    """The same for every attempt, and never that of another message: not even in a database that begins at 1 again."""
    return f"msg_{(created_at - _EPOCH) // _MICROSECOND:x}_{delivery_id}"
