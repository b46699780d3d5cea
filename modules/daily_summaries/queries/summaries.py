"""SQL that reads summaries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import DateTime, Select, bindparam, func, literal, select

from asyncops.clock import utcnow
from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.daily_summaries.errors import SummaryNotFound
from modules.daily_summaries.models import DailySummary
from modules.identity.views import person

NEWEST_FIRST = Keyset(DailySummary, (DailySummary.summary_date, DailySummary.id))

ITEM_COLUMNS = (
    DailySummary.id,
    DailySummary.summary_date,
    DailySummary.status_updates_count,
    DailySummary.incidents_count,
    DailySummary.blockers_count,
    DailySummary.decisions_count,
    DailySummary.generated_at,
)
WHOLE_COLUMNS = (
    *ITEM_COLUMNS,
    DailySummary.window_start,
    DailySummary.window_end,
    DailySummary.revision,
    DailySummary.content,
    DailySummary.version,
)
_ITEMS = select(*ITEM_COLUMNS)
_ONE = Prepared(select(*WHOLE_COLUMNS).where(DailySummary.id == bindparam("id")))
_SINCE = DailySummary.summary_date >= bindparam("since")
_UNTIL = DailySummary.summary_date <= bindparam("until")
_account = person("account")


def summary_row(summary_id: int) -> AnyRow:
    """One summary, whole; raises SummaryNotFound."""
    row = _ONE.one_or_none(id=summary_id)
    if row is None:
        raise SummaryNotFound
    return row


def list_summaries(page: PageRequest, *, start_date: date | None, end_date: date | None) -> Page:
    """Summaries by date, newest first."""
    where = Where()
    where.given(_SINCE, since=start_date)
    where.given(_UNTIL, until=end_date)
    return paginate(_ITEMS, NEWEST_FIRST, page, where)


def find_summary(day: date) -> DailySummary | None:
    """The summary of that day as it is now in the database."""
    statement = select(DailySummary).where(DailySummary.summary_date == day)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def complete_days(days: Sequence[date]) -> set[date]:
    """Those of `days` that have their complete summary."""
    statement = select(DailySummary.summary_date).where(DailySummary.summary_date.in_(days), DailySummary.is_complete)
    return set(db.session.scalars(statement))


def age_of_newest() -> Select[Any]:
    """The statement for the seconds since the newest complete summary's window ended, or since the first account."""
    end = select(func.max(DailySummary.window_end)).where(DailySummary.is_complete).scalar_subquery()
    began = select(func.min(_account.joined_at)).scalar_subquery()
    now = literal(utcnow(), DateTime(timezone=True))
    return select(func.extract("epoch", now - func.coalesce(end, began)))
