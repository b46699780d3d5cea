"""SQL that reads what a summary tells, and the summaries themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, cast

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Integer,
    Select,
    and_,
    bindparam,
    column,
    exists,
    func,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from asyncops.clock import utcnow
from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.blockers import views as blockers
from modules.daily_summaries.errors import SummaryNotFound
from modules.daily_summaries.models import DailySummary
from modules.daily_summaries.windows import Window
from modules.decisions import views as decisions
from modules.identity.views import person
from modules.incidents import views as incidents
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
_assignee = person("assigned_to")
_reporter = person("reported_by")
_ITEMS = select(*ITEM_COLUMNS)
_ONE = Prepared(select(*WHOLE_COLUMNS).where(DailySummary.id == bindparam("id")))
_SINCE = DailySummary.summary_date >= bindparam("since")
_UNTIL = DailySummary.summary_date <= bindparam("until")


Condition = Callable[[Window], ColumnElement[bool]]

_MOMENT = DateTime(timezone=True)
# A condition makes SQL of columns or parameters where a window has moments.
_ASKED = Window(cast("Any", bindparam("start", type_=_MOMENT)), cast("Any", bindparam("end", type_=_MOMENT)))
_LIMIT: Any = bindparam("limit", type_=Integer)


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
    began = select(func.min(_author.joined_at)).scalar_subquery()
    now = literal(utcnow(), DateTime(timezone=True))
    return select(func.extract("epoch", now - func.coalesce(end, began)))


def count(windows: Sequence[Window], condition: Condition) -> list[int]:
    """How many rows meet the condition in each of the windows, in one statement."""
    starts, ends = [window.start for window in windows], [window.end for window in windows]
    return [number for (number,) in _counts(condition).all(starts=starts, ends=ends, earliest=min(ends))]


@cache
def _counts(condition: Condition) -> Prepared:
    # The windows are rows of a table, however many they are: put together once for each of our conditions.
    moments = ARRAY(_MOMENT)
    given = func.unnest(bindparam("starts", type_=moments), bindparam("ends", type_=moments))
    columns = (column("start", _MOMENT), column("end", _MOMENT))
    rows = given.table_valued(*columns, with_ordinality="place", name="windows").render_derived()
    bounds: Any = rows.c
    met = condition(Window(bounds.start, bounds.end))
    if condition in _ENDED:
        # This says nothing new. But of a given moment PostgreSQL knows how few rows are later, and finds those
        # in the index; of a window's it does not, and reads them all.
        ended = _ENDED[condition]
        met &= or_(ended.is_(None), ended >= bindparam("earliest", type_=_MOMENT))
    # Joined, so that what holds for all windows is looked for once.
    (counted,) = (table for table in select(literal(1)).where(met).get_final_froms() if table is not rows)
    (key,) = inspect(counted).primary_key
    return Prepared(
        select(func.count(key)).select_from(rows.outerjoin(counted, met)).group_by(rows.c.place).order_by(rows.c.place)
    )


def _within(moment: InstrumentedAttribute[Any], window: Window) -> ColumnElement[bool]:
    return and_(moment >= window.start, moment < window.end)


def _unfinished(
    began: InstrumentedAttribute[Any], ended: InstrumentedAttribute[Any], window: Window
) -> ColumnElement[bool]:
    return and_(began < window.end, or_(ended.is_(None), ended >= window.end))


def posted_in(window: Window) -> ColumnElement[bool]:
    """Status updates of the window."""
    return _within(status_updates.posted_at, window)


def incident_active_at_end(window: Window) -> ColumnElement[bool]:
    """Incidents that were open when the window ended, so that a past day shows what was open then."""
    return _unfinished(incidents.opened_at, incidents.resolved_at, window) & ~incidents.archived


def critical_at_end(window: Window) -> ColumnElement[bool]:
    """Critical incidents that were open when the window ended."""
    return incident_active_at_end(window) & (incidents.severity == "critical")


def incident_opened_in(window: Window) -> ColumnElement[bool]:
    """Incidents reported in the window."""
    return _within(incidents.opened_at, window)


def incident_resolved_in(window: Window) -> ColumnElement[bool]:
    """Incidents resolved or closed in the window."""
    return _within(incidents.resolved_at, window)


def blocker_active_at_end(window: Window) -> ColumnElement[bool]:
    """Blockers that somebody waited for when the window ended."""
    return _unfinished(blockers.reported_at, blockers.resolved_at, window) & ~blockers.archived


_ENDED: dict[Condition, Any] = {
    incident_active_at_end: incidents.resolved_at,
    critical_at_end: incidents.resolved_at,
    blocker_active_at_end: blockers.resolved_at,
}
"""Of the conditions on what was unfinished: when it ended."""


def decided_lately(window: Window) -> ColumnElement[bool]:
    """Decisions recorded in the seven days before the window's end."""
    since = window.end - timedelta(days=7)
    return and_(decisions.recorded_at >= since, decisions.recorded_at < window.end, decisions.deleted_at.is_(None))


def decision_lines(window: Window, limit: int) -> Sequence[AnyRow]:
    """Decisions of the last seven days, by their date, newest first."""
    return _DECISIONS.all(start=window.start, end=window.end, limit=limit)


_DECISIONS = Prepared(
    select(decisions.decision_id.label("id"), decisions.title, decisions.decision_date)
    .where(decided_lately(_ASKED))
    .order_by(decisions.decision_date.desc(), decisions.decision_id.desc())
    .limit(_LIMIT)
)


def updates(window: Window, limit: int) -> Sequence[AnyRow]:
    """The newest `limit` status updates, by author's name and oldest first."""
    return _UPDATES.all(start=window.start, end=window.end, limit=limit)


_UPDATES = Prepared(
    select(
        status_updates.update_id.label("id"),
        status_updates.title,
        status_updates.posted_at.label("created_at"),
        _author.columns,
    )
    .join(_author.table, _author.id == status_updates.author_id)
    .where(
        status_updates.update_id.in_(
            select(status_updates.update_id)
            .where(posted_in(_ASKED))
            .order_by(status_updates.posted_at.desc(), status_updates.update_id.desc())
            .limit(_LIMIT)
        )
    )
    .order_by(func.lower(_author.name), _author.id, status_updates.posted_at, status_updates.update_id)
)
_TOOK = func.extract("epoch", incidents.resolved_at - incidents.opened_at) / 3600


def incident_lines(window: Window, condition: Condition, limit: int) -> Sequence[AnyRow]:
    """Incidents, worst first, then oldest; with who is on them and the hours it took to resolve them."""
    return _incident_lines(condition).all(start=window.start, end=window.end, limit=limit)


@cache
def _incident_lines(condition: Condition) -> Prepared:
    return Prepared(
        select(
            incidents.incident_id.label("id"),
            incidents.title,
            incidents.severity,
            incidents.status,
            incidents.opened_at.label("created_at"),
            _TOOK.label("hours_to_resolve"),
            _assignee.columns,
        )
        .outerjoin(_assignee.table, _assignee.id == incidents.assigned_to_id)
        .where(condition(_ASKED))
        .order_by(incidents.severity_rank.desc(), incidents.opened_at, incidents.incident_id)
        .limit(_LIMIT)
    )


def median_hours_to_resolve(window: Window) -> float | None:
    """The median over the incidents resolved in the window; None without any."""
    found = _MEDIAN.scalar(start=window.start, end=window.end)
    return None if found is None else float(found)


_MEDIAN = Prepared(select(func.percentile_cont(0.5).within_group(_TOOK)).where(incident_resolved_in(_ASKED)))


def median_blocker_ages(windows: Sequence[Window]) -> list[float | None]:
    """The median age in hours of the blockers active at the end of each window, in one statement; None without any."""
    medians = [
        select(func.percentile_cont(0.5).within_group(func.extract("epoch", window.end - blockers.reported_at) / 3600))
        .where(blocker_active_at_end(window))
        .scalar_subquery()
        for window in windows
    ]
    row = db.session.execute(select(*medians)).one()
    return [None if median is None else round(float(median), 2) for median in row]


def blocker_lines(window: Window, limit: int) -> Sequence[AnyRow]:
    """Blockers active at the window's end, oldest first, with their age in hours at that moment."""
    return _BLOCKERS.all(start=window.start, end=window.end, limit=limit)


_BLOCKERS = Prepared(
    select(
        blockers.blocker_id.label("id"),
        blockers.description,
        blockers.status,
        blockers.reported_at.label("created_at"),
        (func.extract("epoch", _ASKED.end - blockers.reported_at) / 3600).label("age_hours"),
        _reporter.columns,
    )
    .join(_reporter.table, _reporter.id == blockers.reporter_id)
    .where(blocker_active_at_end(_ASKED))
    .order_by(blockers.reported_at, blockers.blocker_id)
    .limit(_LIMIT)
)


def silent_people(window: Window, limit: int) -> Sequence[AnyRow]:
    """Active people who were here before the window's end and posted nothing in it, by name; with their number."""
    return _SILENT.all(start=window.start, end=window.end, limit=limit)


_SILENT = Prepared(
    select(_author.id.label("id"), _author.name.label("full_name"), func.count().over().label("total"))
    .where(
        _author.is_active,
        _author.joined_at < _ASKED.end,
        ~exists().where(status_updates.author_id == _author.id, posted_in(_ASKED)),
    )
    .order_by(func.lower(_author.name), _author.id)
    .limit(_LIMIT)
)
