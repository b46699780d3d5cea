"""A summary as Markdown, for people to read elsewhere. Made when asked for, from the stored content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

# All that Markdown or HTML could take for markup: people's words must come out as words.
_MARKUP = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>&~@:])")


def escape(text: str) -> str:
    """The text such that any Markdown reader shows it as it is."""
    return _MARKUP.sub(r"\\\1", text)


def render(day: date, content: dict[str, Any], *, base_url: str) -> str:
    """The whole summary; `base_url` starts the links."""
    lines = [f"# Summary of {day.isoformat()}", "", *_figures(content["statistics"]), ""]
    lines += _status_updates(content, base_url)
    lines += _no_update_from(content)
    return "\n".join(lines).rstrip() + "\n"


def _figures(statistics: dict[str, Any]) -> Iterable[str]:
    total = statistics["total_status_updates"]
    beside = statistics["trends"]["total_status_updates"]
    yield (
        f"**{total}** status update{'' if total == 1 else 's'} "
        f"(the day before: {beside['day_before']}, mean of seven days: {beside['seven_day_mean']:g})"
    )


def _status_updates(content: dict[str, Any], base_url: str) -> Iterable[str]:
    yield "## Status updates"
    yield ""
    if not content["status_updates"]:
        yield "Nobody posted."
        yield ""
    for author, updates in groupby(content["status_updates"], key=lambda update: update["author"]):
        yield f"### {escape(author['full_name'])}"
        yield ""
        for update in updates:
            yield f"- [{escape(update['title'])}]({base_url}/updates/{update['id']})"
        yield ""
    if left_out := content["left_out"]["status_updates"]:
        yield f"… and {left_out} more"
        yield ""


def _no_update_from(content: dict[str, Any]) -> Iterable[str]:
    if people := content["no_update_from"]:
        yield "## No update from"
        yield ""
        left_out = content["left_out"]["no_update_from"]
        yield ", ".join(escape(one["full_name"]) for one in people) + (f", and {left_out} more" if left_out else "")
