"""The daily summary as a mail: its figures, and the beginning of each of its lists."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from asyncops.extensions import settings
from asyncops.mail import Block, Heading, Items, Link, Paragraph
from asyncops.pages import path_of

LONGEST_LIST = 10

Line = tuple[str | Link, ...]


def summary_blocks(content: dict[str, Any]) -> Iterator[Block]:
    """What happened; a list that is empty has no heading, a long one ends with how many more there are."""
    yield Paragraph(f"{figures(content)}.")
    yield from _list("Open incidents", content, "incidents", _incident)
    yield from _list("Incidents resolved", content, "incidents_resolved", _incident)
    yield from _list("Active blockers", content, "blockers", _blocker)
    yield from _updates(content)
    yield from _list("Decided this week", content, "recent_decisions", _decision)
    if silent := content["no_update_from"]:
        names = ", ".join(one["full_name"] for one in silent[:LONGEST_LIST])
        more = len(silent) - len(silent[:LONGEST_LIST]) + content["left_out"].get("no_update_from", 0)
        yield Heading("No update from")
        yield Paragraph(names + (f", and {more} more" if more else ""))


def figures(content: dict[str, Any]) -> str:
    """`7 updates, 2 open incidents, 1 active blocker`."""
    statistics = content["statistics"]
    counts = (
        (statistics["total_status_updates"], "update"),
        (statistics["active_incidents"], "open incident"),
        (statistics["active_blockers"], "active blocker"),
        (statistics["decisions_last_7_days"], "decision"),
    )
    words = ", ".join(f"{count} {noun if count == 1 else f'{noun}s'}" for count, noun in counts)
    return f"{words} this week" if statistics["decisions_last_7_days"] else words


def _list(heading: str, content: dict[str, Any], name: str, line: Callable[[dict[str, Any]], Line]) -> Iterator[Block]:
    if entries := content[name]:
        yield Heading(heading)
        yield Items(*(line(entry) for entry in entries[:LONGEST_LIST]), *_more(content, name))


def _updates(content: dict[str, Any]) -> Iterator[Block]:
    if entries := content["status_updates"]:
        yield Heading("Status updates")
        by_author = groupby(entries[:LONGEST_LIST], key=lambda entry: entry["author"]["full_name"])
        yield Items(
            *(_updates_of(author, list(updates)) for author, updates in by_author), *_more(content, "status_updates")
        )


def _updates_of(author: str, updates: list[dict[str, Any]]) -> Line:
    parts: list[str | Link] = [f"{author}: "]
    for number, update in enumerate(updates):
        parts += [", "] if number else []
        parts.append(_link(update["title"], "status_update", update["id"]))
    return tuple(parts)


def _incident(entry: dict[str, Any]) -> Line:
    link = _link(entry["title"], "incident", entry["id"])
    if entry["hours_to_resolve"] is not None:
        return (link, f", {entry['severity']}, after {entry['hours_to_resolve']:g} h")
    assignee = entry["assigned_to"]
    return (
        link,
        f", {entry['severity']}, {assignee['full_name']} is on it"
        if assignee
        else f", {entry['severity']}, nobody is on it",
    )


def _blocker(entry: dict[str, Any]) -> Line:
    first_line = entry["description"].strip().splitlines()[0]
    days = int(entry["age_hours"] // 24)
    age = f"{days} day{'' if days == 1 else 's'}" if days else "since today"
    return (_link(first_line, "blocker", entry["id"]), f", {entry['reported_by']['full_name']}, {age}")


def _decision(entry: dict[str, Any]) -> Line:
    return (_link(entry["title"], "decision", entry["id"]), f", {entry['decision_date']}")


def _more(content: dict[str, Any], name: str) -> list[Line]:
    more = max(0, len(content[name]) - LONGEST_LIST) + content["left_out"].get(name, 0)
    return [(f"and {more} more",)] if more else []


def _link(text: str, record_type: str, record_id: int) -> Link:
    return Link(text, settings().base_url + path_of(record_type, record_id))
