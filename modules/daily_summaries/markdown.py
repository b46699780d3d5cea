"""A summary as Markdown, for people to read elsewhere. Made when asked for, from the stored content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from asyncops.pages import path_of

# All that Markdown or HTML could take for markup: people's words must come out as words.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~@:])")


HOURS_SHOWN = 48  # from here on an age is told in days


def escape(text: str) -> str:
    """The text such that any Markdown reader shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def render(day: date, content: dict[str, Any], *, base_url: str) -> str:
    """The whole summary; `base_url` starts the links. One that an earlier release wrote may lack sections."""
    lines = [f"# Summary of {day.isoformat()}", "", *_figures(content["statistics"]), ""]
    lines += _incidents(content, base_url)
    lines += _blockers(content, base_url)
    lines += _status_updates(content, base_url)
    lines += _decisions(content, base_url)
    lines += _no_update_from(content)
    return "\n".join(lines).rstrip() + "\n"


def _figures(statistics: dict[str, Any]) -> Iterable[str]:
    named = {
        "total_status_updates": ("status update", "status updates"),
        "active_incidents": ("open incident", "open incidents"),
        "active_blockers": ("active blocker", "active blockers"),
    }
    for figure, (one, many) in named.items():
        if figure not in statistics:
            continue
        beside = statistics["trends"][figure]
        yield (
            f"- **{statistics[figure]}** {one if statistics[figure] == 1 else many} "
            f"(the day before: {beside['day_before']}, mean of seven days: {beside['seven_day_mean']:g})"
        )


def _incidents(content: dict[str, Any], base_url: str) -> Iterable[str]:
    headings = {
        "incidents": "Open incidents",
        "incidents_opened": "Incidents opened",
        "incidents_resolved": "Incidents resolved",
    }
    for name, heading in headings.items():
        if incidents := content.get(name):
            yield from _heading(heading)
            yield from (_incident(incident, base_url) for incident in incidents)
            yield from _end_of_list(content["left_out"][name])


def _incident(incident: dict[str, Any], base_url: str) -> str:
    line = (
        f"- **{incident['severity']}** [{escape(incident['title'])}]({base_url}{path_of('incident', incident['id'])})"
    )
    if incident["hours_to_resolve"] is not None:
        return f"{line}, after {incident['hours_to_resolve']:g} h"
    assignee = incident["assigned_to"]
    return f"{line}, {escape(assignee['full_name'])} is on it" if assignee else f"{line}, nobody is on it"


def _blockers(content: dict[str, Any], base_url: str) -> Iterable[str]:
    if blockers := content.get("blockers"):
        yield from _heading("Active blockers")
        for blocker in blockers:
            first_line = escape(blocker["description"].strip().splitlines()[0])
            age = f"{blocker['age_hours'] / 24:.0f} d" if blocker["age_hours"] >= HOURS_SHOWN else "less than two days"
            reporter = escape(blocker["reported_by"]["full_name"])
            yield f"- [{first_line}]({base_url}{path_of('blocker', blocker['id'])}), {reporter}, {age}"
        yield from _end_of_list(content["left_out"]["blockers"])


def _status_updates(content: dict[str, Any], base_url: str) -> Iterable[str]:
    yield from _heading("Status updates")
    if not content["status_updates"]:
        yield "Nobody posted."
        yield ""
    for author, updates in groupby(content["status_updates"], key=lambda update: update["author"]):
        yield f"### {escape(author['full_name'])}"
        yield ""
        for update in updates:
            yield f"- [{escape(update['title'])}]({base_url}{path_of('status_update', update['id'])})"
        yield ""
    if left_out := content["left_out"]["status_updates"]:
        yield f"… and {left_out} more"
        yield ""


def _decisions(content: dict[str, Any], base_url: str) -> Iterable[str]:
    if decisions := content.get("recent_decisions"):
        yield from _heading("Decided this week")
        for decision in decisions:
            title = escape(decision["title"])
            yield f"- [{title}]({base_url}{path_of('decision', decision['id'])}), {decision['decision_date']}"
        yield from _end_of_list(content["left_out"]["recent_decisions"])


def _heading(text: str) -> Iterable[str]:
    return (f"## {text}", "")


def _end_of_list(left_out: int) -> Iterable[str]:
    return (f"- … and {left_out} more", "") if left_out else ("",)


def _no_update_from(content: dict[str, Any]) -> Iterable[str]:
    if people := content["no_update_from"]:
        yield "## No update from"
        yield ""
        left_out = content["left_out"].get("no_update_from", 0)
        yield ", ".join(escape(one["full_name"]) for one in people) + (f", and {left_out} more" if left_out else "")
