"""The table of blockers and its state changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.database import Model, Timestamped, Versioned
from asyncops.fulltext import vector_sql
from modules.blockers.errors import (
    ArchivedBlockerNotReopened,
    BlockerArchived,
    BlockerNotArchived,
    BlockerNotResolved,
)
from modules.blockers.events import BlockerSubject

MAX_DESCRIPTION = 2_000
MAX_IMPACT = 1_000
MAX_NOTES = 1_000
MAX_SUBJECT_TITLE = 200

STATUSES = ("active", "resolved")
ORDER = [text("is_active DESC"), text("created_at DESC"), text("id DESC")]


class Blocker(Timestamped, Versioned, Model):
    """What somebody waits for. Anyone may work on any; archived ones are read-only."""

    __tablename__ = "blockers"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'resolved')", name="status"),
        CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name="resolved_at"),
        CheckConstraint("btrim(description) <> ''", name="description"),
        CheckConstraint("btrim(impact) <> ''", name="impact"),
        Index("ix_blockers_order", "archived", *ORDER),
        Index("ix_blockers_reporter", "reported_by_id", "archived", *ORDER),
        Index("ix_blockers_related_status", "related_status_id"),
        Index("ix_blockers_related_incident", "related_incident_id"),
        Index("ix_blockers_created", "created_at"),
        Index("ix_blockers_resolved", "resolved_at"),
        Index("ix_blockers_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    description: Mapped[str] = mapped_column(String(MAX_DESCRIPTION))
    impact: Mapped[str] = mapped_column(String(MAX_IMPACT))
    status: Mapped[str] = mapped_column(String(10), default="active", server_default="active")
    resolution_notes: Mapped[str | None] = mapped_column(String(MAX_NOTES))
    archived: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    # Released by a listener when the other record goes, so that this has its ledger row too.
    related_status_id: Mapped[int | None] = mapped_column(ForeignKey("status_updates.id"))
    related_incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    resolved_at: Mapped[datetime | None]
    is_active: Mapped[bool] = mapped_column(Computed("status = 'active'", persisted=True), deferred=True)
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(vector_sql(A="description", B="impact", C="coalesce(resolution_notes, '')"), persisted=True),
        deferred=True,
    )

    @property
    def subject(self) -> BlockerSubject:
        """This blocker in events; its title is the first line of what it says."""
        return BlockerSubject(
            "blocker",
            self.id,
            self.description.strip().splitlines()[0][:MAX_SUBJECT_TITLE],
            {"description": self.description, "impact": self.impact, "resolution_notes": self.resolution_notes},
            reported_by_id=self.reported_by_id,
            related_status_id=self.related_status_id,
            related_incident_id=self.related_incident_id,
        )

    def edit(
        self,
        *,
        description: str | Absent = ABSENT,
        impact: str | Absent = ABSENT,
        related_status_id: int | Absent | None = ABSENT,
        related_incident_id: int | Absent | None = ABSENT,
    ) -> tuple[Change, ...]:
        """Change what it says or points to; raises BlockerArchived."""
        self._require_changeable()
        return apply(
            self,
            description=description,
            impact=impact,
            related_status_id=related_status_id,
            related_incident_id=related_incident_id,
        )

    def release(
        self, *, related_status_id: int | None = None, related_incident_id: int | None = None
    ) -> tuple[Change, ...]:
        """Let go of a record that is being deleted; archived blockers too."""
        return apply(
            self,
            related_status_id=ABSENT if related_status_id is None else None,
            related_incident_id=ABSENT if related_incident_id is None else None,
        )

    def resolve(self, *, notes: str | Absent | None = ABSENT, at: datetime) -> tuple[Change, ...]:
        """End the wait; once more may change the notes and keeps the moment. Raises BlockerArchived."""
        self._require_changeable()
        return apply(self, status="resolved", resolution_notes=notes, resolved_at=self.resolved_at or at)

    def reopen(self) -> tuple[Change, ...]:
        """Wait again; the notes stay. Raises ArchivedBlockerNotReopened, BlockerNotResolved."""
        if self.archived:
            raise ArchivedBlockerNotReopened
        if self.status != "resolved":
            raise BlockerNotResolved
        return apply(self, status="active", resolved_at=None)

    def set_archived(self, archived: bool) -> tuple[Change, ...]:  # noqa: FBT001 - the value of a field
        """Put it aside, or take it out again; once more changes nothing."""
        return apply(self, archived=archived)

    def require_deletable(self) -> None:
        """Raise BlockerNotArchived for one that was not put aside first."""
        if not self.archived:
            raise BlockerNotArchived

    def _require_changeable(self) -> None:
        if self.archived:
            raise BlockerArchived
