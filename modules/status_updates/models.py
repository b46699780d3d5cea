"""The table of status updates."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.database import Model, Timestamped, Versioned
from asyncops.events import Subject
from asyncops.fulltext import vector_sql

MAX_TITLE = 200
MAX_CONTENT = 10_000


class StatusUpdate(Timestamped, Versioned, Model):
    """What somebody posted."""

    __tablename__ = "status_updates"
    __table_args__ = (
        CheckConstraint("btrim(title) <> ''", name="title"),
        CheckConstraint("btrim(content) <> ''", name="content"),
        CheckConstraint("cardinality(tags) <= 20 AND char_length(words(tags)) <= 1020", name="tags"),
        Index("ix_status_updates_newest", text("created_at DESC"), text("id DESC")),
        Index("ix_status_updates_newest_of_user", "user_id", text("created_at DESC"), text("id DESC")),
        Index("ix_status_updates_tags", "tags", postgresql_using="gin"),
        Index("ix_status_updates_search", "search", postgresql_using="gin"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(MAX_TITLE))
    content: Mapped[str] = mapped_column(String(MAX_CONTENT))
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default=text("'{}'"))
    search: Mapped[Any] = mapped_column(
        TSVECTOR, Computed(vector_sql(A="title", B="words(tags)", C="content"), persisted=True), deferred=True
    )

    @property
    def subject(self) -> Subject:
        """This update in events."""
        return subject_of(self.id, self.title, self.content)

    def edit(
        self,
        *,
        title: str | Absent = ABSENT,
        content: str | Absent = ABSENT,
        tags: list[str] | Absent = ABSENT,
    ) -> tuple[Change, ...]:
        """Change what the author wrote."""
        return apply(self, title=title, content=content, tags=tags)


def subject_of(update_id: int, title: str, content: str) -> Subject:
    """An update in events."""
    return Subject("status_update", update_id, title, {"content": content})
