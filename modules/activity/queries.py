"""SQL that reads the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg.types.json import Jsonb
from sqlalchemy import bindparam, insert, select

from asyncops.clock import utcnow
from asyncops.database import AnyRow, table_of
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.activity.models import Activity
from modules.identity.views import person

NEWEST_FIRST = Keyset(Activity, (Activity.occurred_at, Activity.id))

_actor = person("actor")

_ROWS = select(
    Activity.id,
    Activity.occurred_at,
    Activity.action,
    Activity.subject_type,
    Activity.subject_id,
    Activity.subject_title,
    Activity.changes,
    Activity.request_id,
    _actor.columns,
).outerjoin(_actor.table, _actor.id == Activity.actor_id)

_OF_TYPE = Activity.subject_type == bindparam("subject_type")
_OF_SUBJECT = Activity.subject_id == bindparam("subject_id")
_BY_ACTOR = Activity.actor_id == bindparam("actor_id")
_ACTION = Activity.action == bindparam("action")
_SINCE = Activity.occurred_at >= bindparam("since")
_UNTIL = Activity.occurred_at < bindparam("until")
_HISTORY = Prepared(_ROWS.where(_OF_TYPE, _OF_SUBJECT).order_by(*NEWEST_FIRST.order_by()))

_activity = table_of(Activity)
_WRITTEN = [column.name for column in _activity.c if column.name != "id"]
_ADD = Prepared(insert(_activity).values({name: bindparam(name) for name in _WRITTEN}).returning(_activity.c.id))


def add_activity(*, changes: list[dict[str, Any]], **values: Any) -> int:
    """Write a row, now; gives its id. It never changes, so that the session need not know it."""
    activity_id: int = _ADD.scalar(occurred_at=utcnow(), changes=Jsonb(changes), **values)
    return activity_id


def list_activity(
    page: PageRequest,
    *,
    subject_type: str | None,
    subject_id: int | None,
    actor_id: int | None,
    action: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Page:
    """Acts newest first, in [since, until); what the system did itself has an actor whose columns are all null."""
    where = Where()
    where.given(_OF_TYPE, subject_type=subject_type)
    where.given(_OF_SUBJECT, subject_id=subject_id)
    where.given(_BY_ACTOR, actor_id=actor_id)
    where.given(_ACTION, action=action)
    where.given(_SINCE, since=since)
    where.given(_UNTIL, until=until)
    return paginate(_ROWS, NEWEST_FIRST, page, where)


def history(subject_type: str, subject_id: int) -> Sequence[AnyRow]:
    """Everything that happened to one record, newest first."""
    return _HISTORY.all(subject_type=subject_type, subject_id=subject_id)
