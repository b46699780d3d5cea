"""The table of daily summaries."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.database import Model, Timestamped, Versioned
from asyncops.events import Subject
from modules.daily_summaries.windows import Window


class DailySummary(Timestamped, Versioned, Model):
    """One day's summary. Writing it again makes a new revision of the same row."""

    __tablename__ = "daily_summaries"
    __table_args__ = (
        CheckConstraint("window_start < window_end", name="window"),
        CheckConstraint("revision >= 1", name="revision"),
        Index("ix_daily_summaries_newest", text("summary_date DESC"), text("id DESC")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    summary_date: Mapped[date] = mapped_column(unique=True)
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    # False: made by hand before the day's hour; that day's tick completes it.
    is_complete: Mapped[bool]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    status_updates_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    incidents_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    blockers_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    decisions_count: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    generated_at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(server_default=text("1"))

    @property
    def subject(self) -> Subject:
        """This summary in events."""
        return Subject("summary", self.id, f"Summary of {self.summary_date.isoformat()}")

    def write(self, *, window: Window, content: dict[str, Any], counts: dict[str, int], at: datetime) -> None:
        """Put in what happened in `window`: a new revision."""
        self.window_start, self.window_end, self.is_complete = window.start, window.end, window.is_complete
        self.content = content
        for name, count in counts.items():
            setattr(self, f"{name}_count", count)
        self.generated_at = at
        self.revision = (self.revision or 0) + 1
