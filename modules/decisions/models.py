"""The tables of decisions and of who took part in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.clock import utcnow
from asyncops.database import Model, Timestamped, Versioned
from asyncops.fulltext import vector_sql
from modules.decisions.events import DecisionSubject

MAX_TITLE = 200
MAX_TEXT = 5_000
NOT_DELETED = text("deleted_at IS NULL")


class Decision(Timestamped, Versioned, Model):
    """What was decided. Deleting only hides it: its history must have something to point to."""

    __tablename__ = "decisions"
    __table_args__ = (
        CheckConstraint("btrim(title) <> ''", name="title"),
        CheckConstraint("btrim(description) <> ''", name="description"),
        CheckConstraint("btrim(context) <> ''", name="context"),
        CheckConstraint("btrim(outcome) <> ''", name="outcome"),
        CheckConstraint("cardinality(tags) <= 20 AND char_length(words(tags)) <= 1020", name="tags"),
        Index("ix_decisions_newest", text("decision_date DESC"), text("id DESC"), postgresql_where=NOT_DELETED),
        Index("ix_decisions_creator", "created_by_id", text("decision_date DESC"), text("id DESC")),
        Index("ix_decisions_created", "created_at"),
        Index("ix_decisions_tags", "tags", postgresql_using="gin"),
        Index("ix_decisions_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    description: Mapped[str] = mapped_column(String(MAX_TEXT))
    context: Mapped[str] = mapped_column(String(MAX_TEXT))
    outcome: Mapped[str] = mapped_column(String(MAX_TEXT))
    decision_date: Mapped[date]
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    deleted_at: Mapped[datetime | None]
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(
            vector_sql(A="title", B="words(tags) || ' ' || outcome", C="description", D="context"), persisted=True
        ),
        deferred=True,
    )

    @property
    def subject(self) -> DecisionSubject:
        """This decision in events."""
        return DecisionSubject(
            "decision",
            self.id,
            self.title,
            {"description": self.description, "context": self.context, "outcome": self.outcome},
            created_by_id=self.created_by_id,
        )

    def edit(
        self,
        *,
        title: str | Absent = ABSENT,
        description: str | Absent = ABSENT,
        context: str | Absent = ABSENT,
        outcome: str | Absent = ABSENT,
        decision_date: date | Absent = ABSENT,
        tags: list[str] | Absent = ABSENT,
    ) -> tuple[Change, ...]:
        """Change what it says."""
        return apply(
            self,
            title=title,
            description=description,
            context=context,
            outcome=outcome,
            decision_date=decision_date,
            tags=tags,
        )

    def touch(self) -> None:
        """Count a change of the participants, who stand in another table, as a write to this record."""
        self.updated_at = utcnow()

    def delete(self, *, at: datetime) -> None:
        """Hide it for good."""
        self.deleted_at = at


class DecisionParticipant(Model):
    """Somebody who took part."""

    __tablename__ = "decision_participants"
    __table_args__ = (UniqueConstraint("decision_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=text("now()"))
