"""What incidents tell others."""

from dataclasses import dataclass

from asyncops.events import Event, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSubject(Subject):
    """What listeners must know of an incident."""

    severity: str
    reported_by_id: int
    assigned_to_id: int | None


@dataclass(frozen=True, slots=True)
class IncidentEvent(Event):
    """Something that happened to an incident."""

    subject: IncidentSubject


@dataclass(frozen=True, slots=True)
class IncidentCreated(IncidentEvent):
    """Somebody reported one."""

    action = "incident.created"


@dataclass(frozen=True, slots=True)
class IncidentUpdated(IncidentEvent):
    """A title, description or severity changed."""

    action = "incident.updated"


@dataclass(frozen=True, slots=True)
class IncidentStatusChanged(IncidentEvent):
    """The status changed, or the notes on it."""

    action = "incident.status_changed"


@dataclass(frozen=True, slots=True)
class IncidentAssigned(IncidentEvent):
    """Somebody else, or nobody, is on it now."""

    action = "incident.assigned"


@dataclass(frozen=True, slots=True)
class IncidentArchived(IncidentEvent):
    """It was put aside."""

    action = "incident.archived"


@dataclass(frozen=True, slots=True)
class IncidentUnarchived(IncidentEvent):
    """It was taken out again."""

    action = "incident.unarchived"


@dataclass(frozen=True, slots=True)
class IncidentDeleted(IncidentEvent):
    """An administrator deletes it; published before the row goes, so that listeners can release what points to it."""

    action = "incident.deleted"
