"""What people are told of, on which channels, unless they choose otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Channel = Literal["inbox", "email", "chat"]
CHANNELS: tuple[Channel, ...] = ("inbox", "email", "chat")

ALL: frozenset[Channel] = frozenset(CHANNELS)
INBOX: frozenset[Channel] = frozenset({"inbox"})
MAIL: frozenset[Channel] = frozenset({"inbox", "email"})
NONE: frozenset[Channel] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of news. `locked` channels can't be switched off: whoever gets into an account must not hide it."""

    event: str
    words: str
    default: frozenset[Channel]
    locked: frozenset[Channel] = NONE


MATRIX: Mapping[str, Row] = {
    row.event: row
    for row in (
        Row("incident.assigned", "An incident is assigned to me", ALL),
        Row("user.mentioned", "Somebody mentions me", ALL),
        Row("incident.created", "A critical incident is opened", ALL),
        Row("incident.status_changed", "An incident I reported or am assigned to changes its status", INBOX),
        Row("blocker.created", "A blocker is raised on my update or incident", ALL),
        Row("blocker.resolved", "A blocker I reported is resolved", ALL),
        Row("decision.created", "A decision I take part in is recorded", MAIL),
        Row("decision.updated", "A decision I take part in is changed", INBOX),
        Row("summary.generated", "The daily summary is ready", MAIL),
        Row("user.updated", "Something about my account changes", MAIL, locked=MAIL),
        Row("webhook.disabled", "A webhook is switched off (administrators)", MAIL),
    )
}
"""In the order of importance: of several reasons to tell somebody of one act, the first names it."""

TEST = "user.test"
"""What one sends oneself to see whether a channel works; no row of the matrix."""


@dataclass(frozen=True, slots=True)
class Choices:
    """A person's cells that differ from the defaults: `{"incident.assigned": {"email": false}}`."""

    changed: Mapping[str, Mapping[str, bool]]

    def wants(self, event: str, channel: Channel) -> bool:
        """Whether the person is told of it there."""
        row = MATRIX[event]
        if channel in row.locked:
            return True
        return self.changed.get(event, {}).get(channel, channel in row.default)

    def rows(self) -> Iterator[tuple[Row, dict[str, bool]]]:
        """The whole matrix."""
        for row in MATRIX.values():
            yield row, {channel: self.wants(row.event, channel) for channel in CHANNELS}

    def with_cell(self, event: str, channel: Channel, *, on: bool) -> Choices:
        """The choices with one cell set; what equals the default is not kept, so that defaults may improve."""
        cells = {name: value for name, value in self.changed.get(event, {}).items() if name != channel}
        if on != (channel in MATRIX[event].default):
            cells[channel] = on
        others = {name: value for name, value in self.changed.items() if name != event}
        return Choices(others | ({event: cells} if cells else {}))
