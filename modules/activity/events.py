"""What the ledger tells others."""

from __future__ import annotations

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event has its row in the ledger; the row's id tells one act from every other."""

    event: Event
    activity_id: int
