"""What daily summaries tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class SummaryGenerated(Event):
    """A day's summary was written, or written again.

    `is_news`: for the first time complete, of the latest day, and with something in it; nobody need be told else.
    """

    action = "summary.generated"

    is_news: bool = False
