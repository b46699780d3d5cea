"""SQL that reads status updates."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, insert, select

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


_ROWS = select(
    StatusUpdate.id,
    StatusUpdate.user_id,
    StatusUpdate.title,
    StatusUpdate.content,
    StatusUpdate.tags,
    StatusUpdate.created_at,
    StatusUpdate.updated_at,
    StatusUpdate.version,
    _author.columns,
).join(_author.table, _author.id == StatusUpdate.user_id)
_ONE = Prepared(_ROWS.where(StatusUpdate.id == bindparam("id")))
_updates = table_of(StatusUpdate)
_ADD = Prepared(
    insert(_updates)
    .values({name: bindparam(name) for name in ("user_id", "title", "content", "tags", "created_at", "updated_at")})
    .returning(_updates.c.id)
)
_BY_AUTHOR = StatusUpdate.user_id == bindparam("author_id")
_SINCE = StatusUpdate.created_at >= bindparam("since")
_UNTIL = StatusUpdate.created_at < bindparam("until")
_TAGGED = StatusUpdate.tags.contains(bindparam("tags"))
_FOUND = fulltext.matches(StatusUpdate.search)


def add_status_update(user_id: int | None, *, title: str, content: str, tags: list[str]) -> int:
    """Write a new one, now; gives its id. The session, for which there is nothing to do, costs more than the row."""
    now = utcnow()
    values = {"title": title, "content": content, "tags": tags, "created_at": now, "updated_at": now}
    update_id: int = _ADD.scalar(user_id=user_id, **values)
    return update_id


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
