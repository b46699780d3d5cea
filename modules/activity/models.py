"""The append-only table of everything that happened."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, Integer, String, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.clock import utcnow
from asyncops.database import Model


class Activity(Model):
    """One act. Triggers refuse to change or remove a row, whoever asks (revision 0004)."""

    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_newest", text("occurred_at DESC"), text("id DESC")),
        Index("ix_activity_subject", "subject_type", "subject_id", text("occurred_at DESC"), text("id DESC")),
        Index("ix_activity_actor", "actor_id", text("occurred_at DESC"), text("id DESC")),
        Index("ix_activity_action", "action", text("occurred_at DESC"), text("id DESC")),
        {"info": {"append_only": True}},  # a drill of a backup looks whether the triggers came back
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=text("now()"))
    action: Mapped[str] = mapped_column(String(64))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject_type: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[int] = mapped_column(Integer)
    # No foreign key: the history of a record outlives it.
    subject_title: Mapped[str] = mapped_column(String(255))
    changes: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    request_id: Mapped[str | None] = mapped_column(String(128))
