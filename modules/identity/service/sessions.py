"""Signing in and out, and whether a token is still good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import delete, or_, update
from sqlalchemy.dialects.postgresql import insert

from asyncops.actor import Actor
from asyncops.clock import utcnow
from asyncops.extensions import db
from asyncops.transaction import after_commit, unit_of_work
from modules.identity import queries
from modules.identity.errors import SessionEnded, UserInactive, WrongCredentials
from modules.identity.models import Invitation, PasswordReset, RevokedToken, User
from modules.identity.service.hashing import verify_password

SEEN_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the generation that the new token must carry."""

    user: Any
    generation: int


def sign_in(*, email: str, password: str) -> SignedIn:
    """Check the password; raises WrongCredentials (also for an unknown e-mail, at the same cost) or UserInactive."""
    user = queries.find_user_by_email(email)
    if not verify_password(password, user.password_hash if user else None) or user is None:
        raise WrongCredentials
    if not user.is_active:
        raise UserInactive
    return SignedIn(queries.user_row(user.id), user.token_generation)


def sign_out(actor: Actor, *, token_id: UUID, expires_at: datetime) -> None:
    """Revoke the token; once more changes nothing."""
    statement = insert(RevokedToken).values(id=token_id, user_id=actor.id, expires_at=expires_at)
    db.session.execute(statement.on_conflict_do_nothing())


def check_token(*, user_id: int, token_id: UUID, generation: int, request_id: str | None) -> Actor:
    """The person behind a verified token, as the database knows them now; raises SessionEnded or UserInactive."""
    row = queries.token_row(user_id, token_id)
    if row is None or row.is_revoked:
        raise SessionEnded
    if not row.is_active:
        raise UserInactive
    if generation != row.token_generation and token_id != row.kept_token_id:
        raise SessionEnded
    structlog.contextvars.bind_contextvars(user_id=user_id)
    now = utcnow()
    if row.last_seen_at is None or row.last_seen_at < now - SEEN_INTERVAL:
        _mark_seen(user_id, now)
    return Actor(id=user_id, role=row.role, timezone=row.timezone, request_id=request_id)


def purge_expired() -> None:
    """Delete revoked tokens, resets and open invitations that let nobody in any more.

    A lapsed invitation stays for a month, so that an administrator can see that it lapsed.
    """
    now = utcnow()
    db.session.execute(delete(RevokedToken).where(RevokedToken.expires_at < now))
    db.session.execute(delete(PasswordReset).where(PasswordReset.expires_at < now - timedelta(days=1)))
    lapsed = Invitation.accepted_at.is_(None) & (Invitation.expires_at < now - timedelta(days=30))
    db.session.execute(delete(Invitation).where(lapsed))


def _mark_seen(user_id: int, now: datetime) -> None:
    # No version is bumped: it is not a change that anybody made. In a transaction of its own, after the request's:
    # holding one's own row from the start would deadlock with whoever locks several people in order.
    long_ago = or_(User.last_seen_at.is_(None), User.last_seen_at < now - SEEN_INTERVAL)
    statement = update(User).where(User.id == user_id, long_ago).values(last_seen_at=now, updated_at=User.updated_at)

    def write() -> None:
        with unit_of_work():
            db.session.execute(statement.execution_options(synchronize_session=False))

    after_commit(write)
