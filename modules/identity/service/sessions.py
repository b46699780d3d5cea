"""Signing in and out, and whether a token is still good."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import structlog
from sqlalchemy import delete, literal, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from asyncops.actor import Actor
from asyncops.clock import utcnow
from asyncops.extensions import db
from asyncops.transaction import after_commit, unit_of_work
from modules.identity import queries
from modules.identity.errors import SessionEnded, UserInactive, WrongCredentials
from modules.identity.models import Invitation, PasswordReset, RevokedToken, User
from modules.identity.service.hashing import hash_password, is_outdated, verify_password

log = structlog.get_logger(__name__)

SEEN_INTERVAL = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, and the generation that the new token must carry."""

    user: Any
    generation: int


class Session(Protocol):
    """What is known of a session by its token."""

    @property
    def id(self) -> UUID:
        """Of the token."""

    @property
    def user_id(self) -> int:
        """Whose it is."""

    @property
    def expires_at(self) -> datetime:
        """When it ends by itself."""


def sign_in(*, email: str, password: str, left_behind: Session | None = None) -> SignedIn:
    """Check the password; raises WrongCredentials (also for an unknown e-mail, at the same cost) or UserInactive.

    A session that the same browser leaves behind ends.
    """
    user = queries.find_user_by_email(email)
    user_id = user.id if user else None
    if not verify_password(password, user.password_hash if user else None) or user is None:
        log.warning("sign_in_refused", reason="wrong password" if user else "no such account", user_id=user_id)
        raise WrongCredentials
    if not user.is_active:
        log.warning("sign_in_refused", reason="inactive", user_id=user_id)
        raise UserInactive
    if is_outdated(user.password_hash):
        _renew_hash(user, password)
    if left_behind is not None:
        _revoke(left_behind.user_id, left_behind.id, left_behind.expires_at)
    log.info("signed_in", user_id=user_id)
    return SignedIn(queries.user_row(user.id), user.token_generation)


def sign_out(actor: Actor, *, token_id: UUID, expires_at: datetime) -> None:
    """Revoke the token; once more changes nothing."""
    _revoke(actor.id or 0, token_id, expires_at)


def _revoke(user_id: int, token_id: UUID, expires_at: datetime) -> None:
    # Of an account that is there: a browser may bring a token from before the database was made anew.
    row = select(literal(token_id), User.id, literal(expires_at)).where(User.id == user_id)
    statement = insert(RevokedToken).from_select(["id", "user_id", "expires_at"], row)
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


def _renew_hash(user: User, password: str) -> None:
    # No version is bumped: the password is the same. Unless it was changed at this moment.
    unchanged = (User.id == user.id) & (User.password_hash == user.password_hash)
    renewed = update(User).where(unchanged).values(password_hash=hash_password(password), updated_at=User.updated_at)
    db.session.execute(renewed.execution_options(synchronize_session=False))


def _mark_seen(user_id: int, now: datetime) -> None:
    # No version is bumped: it is not a change that anybody made. In a transaction of its own, after the request's:
    # holding one's own row from the start would deadlock with whoever locks several people in order.
    long_ago = or_(User.last_seen_at.is_(None), User.last_seen_at < now - SEEN_INTERVAL)
    statement = update(User).where(User.id == user_id, long_ago).values(last_seen_at=now, updated_at=User.updated_at)

    def write() -> None:
        with unit_of_work():
            db.session.execute(statement.execution_options(synchronize_session=False))

    after_commit(write)
