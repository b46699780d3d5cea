"""Accounts and what lets people in: tables and their state changes."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Uuid, func, text
from sqlalchemy.orm import Mapped, mapped_column

from asyncops.changes import ABSENT, Absent, Change, apply
from asyncops.clock import utcnow
from asyncops.database import Model, Timestamped, Versioned
from asyncops.events import Subject
from asyncops.outbox import Outgoing, index_of_due

ROLES = ("admin", "member")
RESET_LIFETIME = timedelta(hours=1)
INVITATION_LIFETIME = timedelta(days=7)


class User(Timestamped, Versioned, Model):
    """A person. Accounts are deactivated, never deleted: the record of who did what stays whole."""

    __tablename__ = "users"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member')", name="role"),
        CheckConstraint("btrim(full_name) <> ''", name="full_name"),
        Index("uq_users_email", text("lower(email)"), unique=True),
        Index("ix_users_full_name", text("lower(full_name)"), "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    password_hash: Mapped[str] = mapped_column(String(60))
    full_name: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(10), default="member", server_default="member")
    is_active: Mapped[bool] = mapped_column(default=True, server_default=text("true"))
    timezone: Mapped[str] = mapped_column(String(64), default="UTC", server_default="UTC")
    last_seen_at: Mapped[datetime | None]
    # A token carries the generation in which it was made; raising it ends them all, but for the kept one.
    token_generation: Mapped[int] = mapped_column(default=1, server_default="1")
    kept_token_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)

    @property
    def subject(self) -> Subject:
        """This account in events."""
        return Subject("user", self.id, self.full_name)

    def edit(
        self, *, full_name: str | Absent = ABSENT, email: str | Absent = ABSENT, timezone: str | Absent = ABSENT
    ) -> tuple[Change, ...]:
        """Change what the profile shows."""
        return apply(self, full_name=full_name, email=email, timezone=timezone)

    def set_role(self, role: str | Absent) -> tuple[Change, ...]:
        """Make the person an administrator or a member."""
        return apply(self, role=role)

    def set_active(self, active: bool | Absent) -> tuple[Change, ...]:  # noqa: FBT001 - the value of a field
        """Let the person in or not. Deactivating ends all sessions for good, also past a reactivation."""
        changes = apply(self, is_active=active)
        if changes and not self.is_active:
            self.end_sessions()
        return changes

    def set_password(self, password_hash: str, *, keep: uuid.UUID | None = None) -> None:
        """Store a new hash and end every session but the one whose token is `keep`."""
        self.password_hash = password_hash
        self.end_sessions(keep=keep)

    def end_sessions(self, *, keep: uuid.UUID | None = None) -> None:
        """Make every token issued so far invalid, but for `keep`."""
        self.token_generation = self.token_generation + 1
        self.kept_token_id = keep


class RevokedToken(Model):
    """A token that was signed out before it expired; purged once it has."""

    __tablename__ = "revoked_tokens"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class PasswordReset(Outgoing, Model):
    """Somebody asked to reset the password of `email`.

    Whether there is such an account is looked up by the job, so that the request costs and answers the same either way.
    """

    __tablename__ = "password_resets"
    __table_args__ = (index_of_due("password_resets"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Invitation(Outgoing, Model):
    """A person was asked to join; accepted once, for as long as it has not expired."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("role IN ('admin', 'member')", name="role"),
        # One open invitation for an e-mail.
        Index("uq_invitations_email", text("lower(email)"), unique=True, postgresql_where=text("accepted_at IS NULL")),
        index_of_due("invitations"),
        Index(
            "ix_invitations_newest",
            text("created_at DESC"),
            text("id DESC"),
            postgresql_where=text("accepted_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(10))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow, server_default=func.now())
    expires_at: Mapped[datetime] = mapped_column(index=True)
    accepted_at: Mapped[datetime | None]
