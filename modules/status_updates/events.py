"""What status updates tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class StatusUpdateCreated(Event):
    """Somebody posted."""

    action = "status_update.created"


@dataclass(frozen=True, slots=True)
class StatusUpdateUpdated(Event):
    """The author edited."""

    action = "status_update.updated"


@dataclass(frozen=True, slots=True)
class StatusUpdateDeleted(Event):
    """The author deletes; published before the row goes, so that listeners can release what points to it."""

    action = "status_update.deleted"
