"""SQL that reads accounts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, String, bindparam, case, exists, func, literal, or_, select

from asyncops.database import AnyRow, lock
from asyncops.errors import AppError
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.identity.errors import InvitationNotFound, UserNotFound
from modules.identity.models import Invitation, PasswordReset, RevokedToken, User

USER_COLUMNS = (
    User.id,
    User.email,
    User.full_name,
    User.role,
    User.is_active,
    User.timezone,
    User.created_at,
    User.updated_at,
    User.last_seen_at,
    User.version,
)
BY_NAME = Keyset(User, (func.lower(User.full_name, type_=String), User.id), descending=False)
INVITATION_COLUMNS = (
    Invitation.id,
    Invitation.email,
    Invitation.role,
    Invitation.invited_by_id,
    Invitation.created_at,
    Invitation.expires_at,
    Invitation.sent_at,
)
_USERS = select(*USER_COLUMNS)
_ONE_USER = Prepared(_USERS.where(User.id == bindparam("id")))
_IN_ROLE = User.role == bindparam("role")
_ACTIVE = {is_active: User.is_active == is_active for is_active in (False, True)}
_SOUGHT = func.lower(bindparam("search", type_=String))
_NAMED = or_(*(func.strpos(func.lower(name), _SOUGHT) > 0 for name in (User.full_name, User.email)))
_TOKEN = Prepared(
    select(
        User.role,
        User.is_active,
        User.timezone,
        User.token_generation,
        User.kept_token_id,
        User.last_seen_at,
        exists().where(RevokedToken.id == bindparam("token_id")).label("is_revoked"),
    ).where(User.id == bindparam("user_id"))
)


def _for_assignment(*named: ColumnElement[bool]) -> Prepared:
    local_part = func.split_part(User.email, "@", 1)
    sharers = func.count().over(partition_by=func.lower(local_part)).label("sharers")
    # Over everybody, before the search: whom it hides still shares the name.
    active = select(User.id, sharers).where(User.is_active).subquery()
    mention = literal("@") + case((active.c.sharers == 1, local_part), else_=User.email)
    statement = select(*USER_COLUMNS, mention.label("mention")).join(active, active.c.id == User.id)
    return Prepared(statement.where(*named).order_by(*BY_NAME.order_by()))


_FOR_ASSIGNMENT = _for_assignment()
_NAMED_FOR_ASSIGNMENT = _for_assignment(_NAMED)
_INVITATIONS = select(*INVITATION_COLUMNS)
_OPEN = Invitation.accepted_at.is_(None)
NEWEST_INVITATION_FIRST = Keyset(Invitation, (Invitation.created_at, Invitation.id))


def lock_user(user_id: int, missing: type[AppError] = UserNotFound) -> User:
    """The account, locked."""
    return lock(User, user_id, missing)


def lock_unchanged_user(user_id: int, version: int) -> bool:
    """Whether nobody changed the account since it had that version; if so, nobody can until the transaction ends."""
    unchanged = select(User.id).where(User.id == user_id, User.version == version)
    return db.session.scalar(unchanged.with_for_update(key_share=True)) is not None


def find_user_by_email(email: str) -> User | None:
    """The account with that e-mail, without regard to case."""
    # Lowered here, exactly as the rate limit lowers it: one account must not be reachable under two keys.
    return db.session.scalars(select(User).where(func.lower(User.email) == email.lower())).one_or_none()


def user_row(user_id: int) -> AnyRow:
    """One account as the API shows it; raises UserNotFound."""
    row = _ONE_USER.one_or_none(id=user_id)
    if row is None:
        raise UserNotFound
    return row


def list_users(page: PageRequest, *, role: str | None, search: str | None, is_active: bool | None) -> Page:
    """Accounts by name."""
    where = Where()
    where.given(_IN_ROLE, role=role)
    if is_active is not None:
        where.add(_ACTIVE[is_active])
    where.given(_NAMED, search=search or None)
    return paginate(_USERS, BY_NAME, page, where)


def users_for_assignment(search: str | None) -> list[AnyRow]:
    """Active accounts by name, each with what mentions it: `@` and the local part, or the whole address if shared."""
    return _NAMED_FOR_ASSIGNMENT.all(search=search) if search else _FOR_ASSIGNMENT.all()


def mentioned_users(handles: set[str]) -> dict[str, int]:
    """Ids of active accounts by what mentions them, in lower case: as in `users_for_assignment`."""
    address = func.lower(User.email)
    local_part = func.split_part(address, "@", 1)
    statement = (
        select(address, local_part, User.id).where(User.is_active).where(address.in_(handles) | local_part.in_(handles))
    )
    rows = db.session.execute(statement).all()
    sharers = Counter(local for _, local, _ in rows)
    by_name = {local: user_id for _, local, user_id in rows if sharers[local] == 1}
    return by_name | {whole: user_id for whole, _, user_id in rows}


def reset_user_id(reset_id: int) -> int | None:
    """Whose password a reset is for; None before its mail was written, and where there is no such account."""
    return db.session.scalar(select(PasswordReset.user_id).where(PasswordReset.id == reset_id))


def token_row(user_id: int, token_id: UUID) -> AnyRow | None:
    """What the check of a token needs, in one statement."""
    return _TOKEN.one_or_none(user_id=user_id, token_id=token_id)


def lock_active_admins() -> set[int]:
    """Ids of the active administrators, their rows locked in one order."""
    statement = (
        select(User.id).where(User.role == "admin", User.is_active).order_by(User.id).with_for_update(key_share=True)
    )
    return set(db.session.scalars(statement))


def count_active(user_ids: set[int]) -> int:
    """How many of these are active accounts."""
    return db.session.scalar(select(func.count()).where(User.id.in_(user_ids), User.is_active)) or 0


def has_admin() -> bool:
    """Whether there is an active administrator."""
    return bool(db.session.scalar(select(exists().where(User.role == "admin", User.is_active))))


def first_user_created_at() -> datetime | None:
    """When the workspace began."""
    return db.session.scalar(select(func.min(User.created_at)))


def invitation_row(invitation_id: int) -> AnyRow:
    """One open invitation; raises InvitationNotFound."""
    statement = select(*INVITATION_COLUMNS).where(Invitation.id == invitation_id, Invitation.accepted_at.is_(None))
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise InvitationNotFound
    return row


def list_invitations(page: PageRequest) -> Page:
    """Open invitations, newest first; expired ones too, until they are purged."""
    return paginate(_INVITATIONS, NEWEST_INVITATION_FIRST, page, Where(_OPEN))
