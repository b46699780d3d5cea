"""What a summary holds: one small function for each section, each over one window.

Everything in it is plain JSON, for the database and for the wire. A section gives its part of the content, the counts
that stand on the summary's row, and its statistics; `build` puts them side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncops.clock import format_time
from modules.daily_summaries import queries
from modules.daily_summaries.windows import Window

LONGEST_LIST = 200
"""Longer lists are cut, and the number left out is told."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a summary: its lists, its count by column name, its figures by name."""

    content: dict[str, Any]
    counts: dict[str, int] = field(default_factory=dict)
    statistics: dict[str, int] = field(default_factory=dict)
    trends: dict[str, dict[str, float]] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Content:
    """A whole summary: `body` is what the API calls content."""

    body: dict[str, Any]
    counts: dict[str, int]


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


def _status_updates(window: Window, week_before: Sequence[Window]) -> Section:
    rows = queries.updates_in(window, LONGEST_LIST)
    total = rows[0].total if rows else 0
    return Section(
        content={
            "status_updates": [
                {
                    "id": row.id,
                    "title": row.title,
                    "author": {"id": row.author.id, "full_name": row.author.full_name},
                    "created_at": format_time(row.created_at),
                }
                for row in rows
            ]
        },
        counts={"status_updates": total},
        statistics={"total_status_updates": total},
        trends={"total_status_updates": _beside(queries.count_updates(week_before))},
        left_out={"status_updates": total - len(rows)},
    )


def _no_update_from(window: Window, _: Sequence[Window]) -> Section:
    people = queries.silent_people(window, LONGEST_LIST)
    total = people[0].total if people else 0
    return Section(
        content={"no_update_from": [{"id": one.id, "full_name": one.full_name} for one in people]},
        left_out={"no_update_from": total - len(people)},
    )


def _beside(figures: Sequence[int]) -> dict[str, float]:
    """What stands beside a figure: the day before's, and the mean of the seven days before (two decimals)."""
    return {"day_before": figures[0], "seven_day_mean": round(sum(figures) / len(figures), 2)}


SECTIONS: tuple[Callable[[Window, Sequence[Window]], Section], ...] = (_status_updates, _no_update_from)
"""In the order in which a summary is read."""
