"""Whoever must hear of an act is told of it when it has its row in the ledger."""

from __future__ import annotations

from asyncops.events import listen
from modules.activity.events import Recorded
from modules.notifications import service


@listen(Recorded)
def tell(recorded: Recorded) -> None:
    """In the same transaction: rows only, nothing is sent."""
    service.tell(recorded.event, recorded.activity_id)
