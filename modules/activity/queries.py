"""SQL that reads the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select

from asyncops.database import AnyRow, table_of, within
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, paginate
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

_ADD = insert(table_of(Activity)).returning(table_of(Activity).c.id)


def add_activity(**values: Any) -> int:
    """Write a row, now; gives its id. It never changes, so that the session need not know it."""
    activity_id: int = db.session.scalars(_ADD, values).one()
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
    where: list[ColumnElement[bool]] = [
        column == value
        for column, value in (
            (Activity.subject_type, subject_type),
            (Activity.subject_id, subject_id),
            (Activity.actor_id, actor_id),
            (Activity.action, action),
        )
        if value is not None
    ]
    where += within(Activity.occurred_at, since, until)
    return paginate(_ROWS, NEWEST_FIRST, page, where=where)


def history(subject_type: str, subject_id: int) -> Sequence[AnyRow]:
    """Everything that happened to one record, newest first."""
    about = (Activity.subject_type == subject_type) & (Activity.subject_id == subject_id)
    return db.session.execute(_ROWS.where(about).order_by(*NEWEST_FIRST.order_by())).all()
