"""The table of incidents and its state machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.database import Model, Timestamped, Versioned
from asyncops.fulltext import vector_sql
from modules.incidents.errors import IncidentArchived, IncidentNotArchived, TransitionNotAllowed
from modules.incidents.events import IncidentSubject

MAX_TITLE = 200
MAX_TEXT = 5_000

SEVERITIES = ("low", "medium", "high", "critical")
TRANSITIONS: dict[str, tuple[str, ...]] = {
    "open": ("in_progress", "resolved", "closed"),
    "in_progress": ("open", "resolved", "closed"),
    "resolved": ("in_progress", "closed"),
    "closed": ("in_progress",),
}
STATUSES = tuple(TRANSITIONS)
DONE = frozenset({"resolved", "closed"})

IS_UNRESOLVED = "status IN ('open', 'in_progress')"
SEVERITY_RANK = "CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END"
ORDER = [text("is_unresolved DESC"), text("severity_rank DESC"), text("created_at DESC"), text("id DESC")]


class Incident(Timestamped, Versioned, Model):
    """What is broken. Anyone may work on any; archived ones are read-only."""

    __tablename__ = "incidents"
    __table_args__ = (
        CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name="severity"),
        CheckConstraint("status IN ('open', 'in_progress', 'resolved', 'closed')", name="status"),
        CheckConstraint("(status IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)", name="resolved_at"),
        CheckConstraint("btrim(title) <> ''", name="title"),
        CheckConstraint("btrim(description) <> ''", name="description"),
        Index("ix_incidents_order", "archived", *ORDER),
        Index("ix_incidents_assignee", "assigned_to_id", "archived", *ORDER),
        Index("ix_incidents_reporter", "reported_by_id", "archived", *ORDER),
        Index("ix_incidents_created", "created_at"),
        Index("ix_incidents_resolved", "resolved_at"),
        Index("ix_incidents_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    description: Mapped[str] = mapped_column(String(MAX_TEXT))
    severity: Mapped[str] = mapped_column(String(10), default="medium", server_default="medium")
    status: Mapped[str] = mapped_column(String(15), default="open", server_default="open")
    resolution_notes: Mapped[str | None] = mapped_column(String(MAX_TEXT))
    archived: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    reported_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    resolved_at: Mapped[datetime | None]
    # For the order of lists: unresolved first, then critical first, then newest.
    is_unresolved: Mapped[bool] = mapped_column(Computed(IS_UNRESOLVED, persisted=True), deferred=True)
    severity_rank: Mapped[int] = mapped_column(Computed(SEVERITY_RANK, persisted=True), deferred=True)
    search: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(vector_sql(A="title", B="description", C="coalesce(resolution_notes, '')"), persisted=True),
        deferred=True,
    )

    @property
    def subject(self) -> IncidentSubject:
        """This incident in events."""
        return IncidentSubject(
            "incident",
            self.id,
            self.title,
            {"description": self.description, "resolution_notes": self.resolution_notes},
            severity=self.severity,
            reported_by_id=self.reported_by_id,
            assigned_to_id=self.assigned_to_id,
        )

    def edit(
        self,
        *,
        title: str | Absent = ABSENT,
        description: str | Absent = ABSENT,
        severity: str | Absent = ABSENT,
    ) -> tuple[Change, ...]:
        """Change what is known about it; raises IncidentArchived."""
        self._require_changeable()
        return apply(self, title=title, description=description, severity=severity)

    def assign(self, assigned_to_id: int | None) -> tuple[Change, ...]:
        """Put somebody, or nobody, on it; raises IncidentArchived."""
        self._require_changeable()
        return apply(self, assigned_to_id=assigned_to_id)

    def change_status(self, status: str, *, notes: str | Absent | None = ABSENT, at: datetime) -> tuple[Change, ...]:
        """Take a step of the state machine, or change the notes on the same status.

        `resolved_at` is the moment it was first resolved or closed, and none on the way back. Raises
        IncidentArchived, TransitionNotAllowed.
        """
        self._require_changeable()
        if status != self.status and status not in TRANSITIONS[self.status]:
            raise TransitionNotAllowed(self.status, status, TRANSITIONS[self.status])
        resolved_at = (self.resolved_at or at) if status in DONE else None
        return apply(self, status=status, resolution_notes=notes, resolved_at=resolved_at)

    def set_archived(self, archived: bool) -> tuple[Change, ...]:  # noqa: FBT001 - the value of a field
        """Put it aside, or take it out again; once more changes nothing."""
        return apply(self, archived=archived)

    def require_deletable(self) -> None:
        """Raise IncidentNotArchived for one that was not put aside first."""
        if not self.archived:
            raise IncidentNotArchived

    def _require_changeable(self) -> None:
        if self.archived:
            raise IncidentArchived
