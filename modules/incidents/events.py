"""What incidents tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class IncidentCreated(Event):
    """Somebody reported one."""

    action = "incident.created"


@dataclass(frozen=True, slots=True)
class IncidentUpdated(Event):
    """A title, description or severity changed."""

    action = "incident.updated"


@dataclass(frozen=True, slots=True)
class IncidentStatusChanged(Event):
    """The status changed, or the notes on it."""

    action = "incident.status_changed"


@dataclass(frozen=True, slots=True)
class IncidentAssigned(Event):
    """Somebody else, or nobody, is on it now."""

    action = "incident.assigned"


@dataclass(frozen=True, slots=True)
class IncidentArchived(Event):
    """It was put aside."""

    action = "incident.archived"


@dataclass(frozen=True, slots=True)
class IncidentUnarchived(Event):
    """It was taken out again."""

    action = "incident.unarchived"


@dataclass(frozen=True, slots=True)
class IncidentDeleted(Event):
    """An administrator deletes it; published before the row goes, so that listeners can release what points to it."""

    action = "incident.deleted"
