"""SQL that reads the lines of a summary's lists, and its medians."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Integer, bindparam, exists, func, select

from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.prepared import Prepared
from modules.blockers import views as blockers
from modules.daily_summaries.queries.conditions import (
    MOMENT,
    Condition,
    blocker_active_at_end,
    decided_lately,
    incident_resolved_in,
    posted_in,
)
from modules.daily_summaries.windows import Window
from modules.decisions import views as decisions
from modules.identity.views import person
from modules.incidents import views as incidents
from modules.status_updates import views as status_updates

_author = person("author")
_assignee = person("assigned_to")
_reporter = person("reported_by")

# A condition makes SQL of columns or parameters where a window has moments.
_ASKED = Window(cast("Any", bindparam("start", type_=MOMENT)), cast("Any", bindparam("end", type_=MOMENT)))
_LIMIT: Any = bindparam("limit", type_=Integer)


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
