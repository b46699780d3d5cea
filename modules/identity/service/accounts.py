"""Accounts: joining, the profile, and what administrators do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from asyncops.actor import SYSTEM, Actor
from asyncops.changes import ABSENT, Absent
from asyncops.database import IfMatch, require_version
from asyncops.events import publish
from asyncops.extensions import db, settings
from asyncops.pagination import Page, PageRequest
from modules.identity import policy, queries
from modules.identity.errors import EmailTaken, UserNotFound
from modules.identity.events import (
    UserDeactivated,
    UserReactivated,
    UserRegistered,
    UserRoleChanged,
    UserUpdated,
)
from modules.identity.models import User
from modules.identity.service.hashing import hash_password
from modules.identity.service.invitations import accept_invitation
from modules.identity.service.passwords import void_open_resets


def register(*, email: str, password: str, full_name: str, invitation_token: str | None = None) -> Any:
    """Make an account; an invitation gives its role, and lets in where registration is not open.

    Raises RegistrationClosed, InvitationInvalid, EmailTaken, Invalid.
    """
    policy.require_good_password(password, email, settings().workspace_name)
    policy.require_may_register(email, settings(), invited=invitation_token is not None)
    role = accept_invitation(invitation_token, email) if invitation_token is not None else "member"
    user = _add_user(email, password, full_name, role)
    publish(UserRegistered(Actor(id=user.id, role=role), user.subject))
    return queries.user_row(user.id)


def create_account(*, email: str, password: str, full_name: str, role: str = "member") -> Any:
    """Make an account from the command line, whatever the workspace's rule for registration. Raises as `register`."""
    policy.require_good_password(password, email, settings().workspace_name)
    user = _add_user(email, password, full_name, role)
    publish(UserRegistered(SYSTEM, user.subject))
    return queries.user_row(user.id)


def _add_user(email: str, password: str, full_name: str, role: str) -> User:
    user = User(email=email, password_hash=hash_password(password), full_name=full_name, role=role)
    db.session.add(user)
    with _email_is_unique():
        db.session.flush()  # the event needs the id
    return user


@contextmanager
def _email_is_unique() -> Iterator[None]:
    # Two people may take one address at the same moment, so the index decides and not a look beforehand.
    try:
        yield
    except IntegrityError as error:
        if "uq_users_email" in str(error.orig):
            raise EmailTaken from error
        raise


def get_profile(actor: Actor) -> Any:
    """The caller's own account."""
    return queries.user_row(actor.id or 0)


def edit_profile(
    actor: Actor,
    *,
    full_name: str | Absent = ABSENT,
    email: str | Absent = ABSENT,
    timezone: str | Absent = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change the caller's own name, e-mail or time zone."""
    user = queries.lock_user(actor.id or 0)
    require_version(user.version, if_match, lambda: queries.user_row(user.id))
    if changes := user.edit(full_name=full_name, email=email, timezone=timezone):
        with _email_is_unique():
            db.session.flush()  # a clash must be known here
        if email is not ABSENT:
            void_open_resets(user.id)  # their links went to the old address
        publish(UserUpdated(actor, user.subject, changes))
    return queries.user_row(user.id)


def users_for_assignment(actor: Actor, *, search: str | None = None) -> list[Any]:  # noqa: ARG001 - anybody may
    """Active people by name, for pickers."""
    return queries.users_for_assignment(search)


def find_mentioned(handles: set[str]) -> dict[str, int]:
    """Ids of active people by handle (in lower case, without the @): a local part that is theirs alone, or an address.

    The rule is that of the pickers, see `users_for_assignment`.
    """
    return queries.mentioned_users(handles)


def list_users(
    actor: Actor,
    *,
    page: PageRequest,
    role: str | None = None,
    search: str | None = None,
    is_active: bool | None = None,
) -> Page:
    """All accounts by name; administrators only."""
    policy.require_admin(actor)
    return queries.list_users(page, role=role, search=search, is_active=is_active)


def get_user(actor: Actor, user_id: int) -> Any:
    """One account; administrators only."""
    policy.require_admin(actor)
    return queries.user_row(user_id)


def edit_user(
    actor: Actor,
    user_id: int,
    *,
    role: str | Absent = ABSENT,
    is_active: bool | Absent = ABSENT,
    full_name: str | Absent = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change another's role, state or name; administrators only. Raises LastAdmin, OwnRole."""
    policy.require_admin(actor)
    # Before the user's own row and always in one order, so that two administrators can't lock each other out.
    active_admins = queries.lock_active_admins()
    user = queries.lock_user(user_id, UserNotFound)
    require_version(user.version, if_match, lambda: queries.user_row(user.id))
    if (role is not ABSENT and role != user.role) or (is_active is not ABSENT and is_active != user.is_active):
        policy.require_may_change_standing(actor, user, active_admins)
    # All of it before anybody is told: one write, one version.
    edited, role_changed, active_changed = (
        user.edit(full_name=full_name),
        user.set_role(role),
        user.set_active(is_active),
    )
    if edited:
        publish(UserUpdated(actor, user.subject, edited))
    if role_changed:
        publish(UserRoleChanged(actor, user.subject, role_changed))
    if active_changed:
        void_open_resets(user.id)
        publish((UserReactivated if user.is_active else UserDeactivated)(actor, user.subject, active_changed))
    return queries.user_row(user.id)


def are_active(user_ids: set[int]) -> bool:
    """Whether all of these are active accounts."""
    return queries.count_active(user_ids) == len(user_ids)


def has_admin() -> bool:
    """Whether there is an active administrator."""
    return queries.has_admin()


def workspace_began_at() -> datetime | None:
    """When the first account was made; None before that."""
    return queries.first_user_created_at()
