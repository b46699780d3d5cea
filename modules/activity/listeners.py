"""Everything that anybody publishes goes into the ledger."""

from __future__ import annotations

from asyncops.events import Event, listen
from modules.activity import service


@listen(Event)
def write_down(event: Event) -> None:
    """One row for each event."""
    service.record(event)
