"""What daily summaries tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class SummaryGenerated(Event):
    """A day's summary was written, or written again."""

    action = "summary.generated"
