"""Whatever goes into the ledger is told to the webhooks that want it."""

from __future__ import annotations

from asyncops.events import listen
from modules.activity.events import Recorded
from modules.webhooks import service


@listen(Recorded)
def announce(recorded: Recorded) -> None:
    """One statement, however many webhooks there are."""
    service.announce(recorded.activity_id, recorded.event.action)
