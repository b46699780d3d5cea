"""What a summary holds: one small function for each section, each over one window.

Everything in it is plain JSON, for the database and for the wire. A section gives its part of the content, the counts
that stand on the summary's row, and its statistics; `build` puts them side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncops.clock import format_time
from modules.daily_summaries.queries import conditions, lines
from modules.daily_summaries.windows import Window

LONGEST_LIST = 200
"""Longer lists are cut, and the number left out is told."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary: its lists, its count by column name, its figures by name."""

    content: dict[str, Any]
    counts: dict[str, int] = field(default_factory=dict)
    statistics: dict[str, Any] = field(default_factory=dict)
    trends: dict[str, dict[str, float]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """A whole summary: `body` is what the API calls content."""

    body: dict[str, Any]
    counts: dict[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: nothing open, nothing posted or decided, nothing that ended."""
        return not any(self.counts.values()) and not self.body["incidents_resolved"]


def build(window: Window, week_before: Sequence[Window]) -> Content:
    """Everything that happened in the window; `week_before` are the seven windows that its figures stand beside."""
    sections = [section(window, week_before) for section in SECTIONS]
    body: dict[str, Any] = {}
    counts: dict[str, int] = {}
    statistics: dict[str, Any] = {"trends": {}}
    left_out: dict[str, int] = {}
    for section in sections:
        body |= section.content
        counts |= section.counts
        statistics |= section.statistics
        statistics["trends"] |= section.trends
        left_out |= section.left_out
    return Content(body | {"statistics": statistics, "left_out": left_out}, counts)


def _incidents(window: Window, week_before: Sequence[Window]) -> Section:
    figures: dict[str, conditions.Condition] = {
        "active_incidents": conditions.incident_active_at_end,
        "critical_incidents": conditions.critical_at_end,
        "incidents_opened": conditions.incident_opened_in,
        "incidents_resolved": conditions.incident_resolved_in,
    }
    statistics, trends = _figures(figures, window, week_before)
    lists = {
        "incidents": ("active_incidents", conditions.incident_active_at_end),
        "incidents_opened": ("incidents_opened", conditions.incident_opened_in),
        "incidents_resolved": ("incidents_resolved", conditions.incident_resolved_in),
    }
    content = {
        name: [_incident_line(row) for row in lines.incident_lines(window, condition, LONGEST_LIST)]
        for name, (_, condition) in lists.items()
    }
    median = lines.median_hours_to_resolve(window)
    return Section(
        content=content,
        counts={"incidents": statistics["active_incidents"]},
        statistics={**statistics, "median_hours_to_resolve": None if median is None else round(median, 2)},
        trends=trends,
        left_out={name: statistics[figure] - len(content[name]) for name, (figure, _) in lists.items()},
    )


def _blockers(window: Window, week_before: Sequence[Window]) -> Section:
    statistics, trends = _figures({"active_blockers": conditions.blocker_active_at_end}, window, week_before)
    rows = lines.blocker_lines(window, LONGEST_LIST)
    shown = [
        {
            "id": row.id,
            "description": row.description,
            "status": row.status,
            "reported_by": _person(row.reported_by),
            "created_at": format_time(row.created_at),
            "age_hours": round(float(row.age_hours), 2),
        }
        for row in rows
    ]
    return Section(
        content={"blockers": shown},
        counts={"blockers": statistics["active_blockers"]},
        statistics=statistics,
        trends=trends,
        left_out={"blockers": statistics["active_blockers"] - len(shown)},
    )


def _decisions(window: Window, week_before: Sequence[Window]) -> Section:
    statistics, trends = _figures({"decisions_last_7_days": conditions.decided_lately}, window, week_before)
    shown = [
        {"id": row.id, "title": row.title, "decision_date": row.decision_date.isoformat()}
        for row in lines.decision_lines(window, LONGEST_LIST)
    ]
    total = statistics["decisions_last_7_days"]
    return Section(
        content={"recent_decisions": shown},
        counts={"decisions": total},
        statistics=statistics,
        trends=trends,
        left_out={"recent_decisions": total - len(shown)},
    )


def _status_updates(window: Window, week_before: Sequence[Window]) -> Section:
    statistics, trends = _figures({"total_status_updates": conditions.posted_in}, window, week_before)
    total = statistics["total_status_updates"]
    shown = [
        {
            "id": row.id,
            "title": row.title,
            "author": _person(row.author),
            "created_at": format_time(row.created_at),
        }
        for row in lines.updates(window, LONGEST_LIST)
    ]
    return Section(
        content={"status_updates": shown},
        counts={"status_updates": total},
        statistics=statistics,
        trends=trends,
        left_out={"status_updates": total - len(shown)},
    )


def _no_update_from(window: Window, _: Sequence[Window]) -> Section:
    people = lines.silent_people(window, LONGEST_LIST)
    total = people[0].total if people else 0
    return Section(
        content={"no_update_from": [_person(one) for one in people]},
        left_out={"no_update_from": total - len(people)},
    )


def _incident_line(row: Any) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title,
        "severity": row.severity,
        "status": row.status,
        "assigned_to": _person(row.assigned_to) if row.assigned_to.id is not None else None,
        "created_at": format_time(row.created_at),
        "hours_to_resolve": None if row.hours_to_resolve is None else round(float(row.hours_to_resolve), 2),
    }


def _person(row: Any) -> dict[str, Any]:
    return {"id": row.id, "full_name": row.full_name}


def _figures(
    figures: dict[str, conditions.Condition], window: Window, week_before: Sequence[Window]
) -> tuple[dict[str, Any], dict[str, dict[str, float]]]:
    """Each figure of the window, and what stands beside it: the day before's, and the mean of seven (two decimals)."""
    statistics: dict[str, Any] = {}
    trends: dict[str, dict[str, float]] = {}
    for name, condition in figures.items():
        statistics[name], *before = conditions.count([window, *week_before], condition)
        trends[name] = {"day_before": before[0], "seven_day_mean": round(sum(before) / len(before), 2)}
    return statistics, trends


SECTIONS: tuple[Callable[[Window, Sequence[Window]], Section], ...] = (
    _incidents,
    _blockers,
    _status_updates,
    _decisions,
    _no_update_from,
)
"""In the order in which a summary is read."""
