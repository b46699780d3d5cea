"""SQL that reads what a summary tells, and the summaries themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, exists, func, select

from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, paginate
from modules.daily_summaries.errors import SummaryNotFound
from modules.daily_summaries.models import DailySummary
from modules.daily_summaries.windows import Window
from modules.identity.views import person
from modules.status_updates import views as status_updates

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

_author = person("author")


def summary_row(summary_id: int) -> AnyRow:
    """One summary, whole; raises SummaryNotFound."""
    row = db.session.execute(select(*WHOLE_COLUMNS).where(DailySummary.id == summary_id)).one_or_none()
    if row is None:
        raise SummaryNotFound
    return row


def list_summaries(page: PageRequest, *, start_date: date | None, end_date: date | None) -> Page:
    """Summaries by date, newest first."""
    where: list[ColumnElement[bool]] = []
    if start_date is not None:
        where.append(DailySummary.summary_date >= start_date)
    if end_date is not None:
        where.append(DailySummary.summary_date <= end_date)
    return paginate(select(*ITEM_COLUMNS), NEWEST_FIRST, page, where=where)


def find_summary(day: date) -> DailySummary | None:
    """The summary of that day as it is now in the database."""
    statement = select(DailySummary).where(DailySummary.summary_date == day)
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def complete_days(days: Sequence[date]) -> set[date]:
    """Those of `days` that have their complete summary."""
    statement = select(DailySummary.summary_date).where(DailySummary.summary_date.in_(days), DailySummary.is_complete)
    return set(db.session.scalars(statement))


def updates_in(window: Window, limit: int) -> Sequence[AnyRow]:
    """The newest `limit` status updates, by author's name and oldest first; each row carries the number of all."""
    inside = _posted_in(window)
    total = select(func.count()).where(inside).scalar_subquery()
    newest = (
        select(status_updates.update_id)
        .where(inside)
        .order_by(status_updates.posted_at.desc(), status_updates.update_id.desc())
        .limit(limit)
    )
    return db.session.execute(
        select(
            status_updates.update_id.label("id"),
            status_updates.title,
            status_updates.posted_at.label("created_at"),
            _author.columns,
            total.label("total"),
        )
        .join(_author.table, _author.id == status_updates.author_id)
        .where(status_updates.update_id.in_(newest))
        .order_by(func.lower(_author.name), _author.id, status_updates.posted_at, status_updates.update_id)
    ).all()


def count_updates(windows: Sequence[Window]) -> list[int]:
    """How many updates were posted in each of the windows, in one statement."""
    counts = [select(func.count()).where(_posted_in(window)).scalar_subquery() for window in windows]
    return list(db.session.execute(select(*counts)).one())


def silent_people(window: Window, limit: int) -> Sequence[AnyRow]:
    """Active people who were here before the window's end and posted nothing in it, by name; with their number."""
    posted = exists().where(status_updates.author_id == _author.id, _posted_in(window))
    return db.session.execute(
        select(_author.id.label("id"), _author.name.label("full_name"), func.count().over().label("total"))
        .where(_author.is_active, _author.joined_at < window.end, ~posted)
        .order_by(func.lower(_author.name), _author.id)
        .limit(limit)
    ).all()


def _posted_in(window: Window) -> ColumnElement[bool]:
    return (status_updates.posted_at >= window.start) & (status_updates.posted_at < window.end)
