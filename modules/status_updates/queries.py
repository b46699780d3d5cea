"""SQL that reads status updates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, insert, select

from asyncops import fulltext
from asyncops.clock import utcnow
from asyncops.database import AnyRow, hold, lock, lock_to_delete, table_of
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.identity.views import person
from modules.status_updates.errors import StatusUpdateNotFound
from modules.status_updates.models import StatusUpdate

NEWEST_FIRST = Keyset(StatusUpdate, (StatusUpdate.created_at, StatusUpdate.id))

_author = person("user")
_updates = table_of(StatusUpdate)


def _with_author(update: Any) -> Select[*tuple[Any, ...]]:
    """Whole updates of the table, or of what was just written to it."""
    columns = (
        update.id,
        update.user_id,
        update.title,
        update.content,
        update.tags,
        update.created_at,
        update.updated_at,
        update.version,
    )
    return select(*columns, _author.columns).join(_author.table, _author.id == update.user_id)


_ROWS = _with_author(StatusUpdate)
_ONE = Prepared(_ROWS.where(StatusUpdate.id == bindparam("id")))
_WRITTEN = (
    insert(_updates)
    .values({name: bindparam(name) for name in ("user_id", "title", "content", "tags", "created_at", "updated_at")})
    .returning(*(column for column in _updates.c if column.name != "search"))
    .cte("written")
)
_ADD = Prepared(_with_author(_WRITTEN.c))
_BY_AUTHOR = StatusUpdate.user_id == bindparam("author_id")
_SINCE = StatusUpdate.created_at >= bindparam("since")
_UNTIL = StatusUpdate.created_at < bindparam("until")
_TAGGED = StatusUpdate.tags.contains(bindparam("tags"))
_FOUND = fulltext.matches(StatusUpdate.search)


def add_status_update(user_id: int | None, *, title: str, content: str, tags: list[str]) -> AnyRow:
    """Write a new one, now; gives it with its author. The session, which has nothing to do, costs more than the row."""
    now = utcnow()
    return _ADD.one(user_id=user_id, title=title, content=content, tags=tags, created_at=now, updated_at=now)


def lock_status_update(update_id: int) -> StatusUpdate:
    """The update, locked; raises StatusUpdateNotFound."""
    return lock(StatusUpdate, update_id, StatusUpdateNotFound)


def lock_status_update_to_delete(update_id: int) -> StatusUpdate:
    """The update, locked against new pointers too; raises StatusUpdateNotFound."""
    return lock_to_delete(StatusUpdate, update_id, StatusUpdateNotFound)


def hold_status_update(update_id: int) -> bool:
    """Whether it exists, and will until the transaction ends."""
    return hold(StatusUpdate, update_id)


def status_update_row(update_id: int) -> AnyRow:
    """One update with its author; raises StatusUpdateNotFound."""
    row = _ONE.one_or_none(id=update_id)
    if row is None:
        raise StatusUpdateNotFound
    return row


def list_status_updates(
    page: PageRequest,
    *,
    author_id: int | None,
    since: datetime | None,
    until: datetime | None,
    tags: list[str] | None,
    search: str | None,
) -> Page:
    """Updates newest first, made in [since, until), bearing all of `tags`."""
    where = Where()
    where.given(_BY_AUTHOR, author_id=author_id)
    where.given(_SINCE, since=since)
    where.given(_UNTIL, until=until)
    where.given(_TAGGED, tags=tags or None)
    where.given(_FOUND, parsed=fulltext.parse(search))
    return paginate(_ROWS, NEWEST_FIRST, page, where)
