"""Which rows belong to a window, and how many there are in each of several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    and_,
    bindparam,
    column,
    func,
    inspect,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute

from asyncops.prepared import Prepared
from modules.blockers import views as blockers
from modules.daily_summaries.windows import Window
from modules.decisions import views as decisions
from modules.incidents import views as incidents
from modules.status_updates import views as status_updates

Condition = Callable[[Window], ColumnElement[bool]]

MOMENT = DateTime(timezone=True)


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


def count(windows: Sequence[Window], condition: Condition) -> list[int]:
    """How many rows meet the condition in each of the windows, in one statement."""
    starts, ends = [window.start for window in windows], [window.end for window in windows]
    return [number for (number,) in _counts(condition).all(starts=starts, ends=ends, earliest=min(ends))]


@cache
def _counts(condition: Condition) -> Prepared:
    # The windows are rows of a table, however many they are: put together once for each of our conditions.
    moments = ARRAY(MOMENT)
    given = func.unnest(bindparam("starts", type_=moments), bindparam("ends", type_=moments))
    columns = (column("start", MOMENT), column("end", MOMENT))
    rows = given.table_valued(*columns, with_ordinality="place", name="windows").render_derived()
    bounds: Any = rows.c
    met = condition(Window(bounds.start, bounds.end))
    if condition in _ENDED:
        # This says nothing new. But of a given moment PostgreSQL knows how few rows are later, and finds those
        # in the index; of a window's it does not, and reads them all.
        ended = _ENDED[condition]
        met &= or_(ended.is_(None), ended >= bindparam("earliest", type_=MOMENT))
    # Joined, so that what holds for all windows is looked for once.
    (counted,) = (table for table in select(literal(1)).where(met).get_final_froms() if table is not rows)
    (key,) = inspect(counted).primary_key
    return Prepared(
        select(func.count(key)).select_from(rows.outerjoin(counted, met)).group_by(rows.c.place).order_by(rows.c.place)
    )
