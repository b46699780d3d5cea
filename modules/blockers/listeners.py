"""What blockers do when the records they point to go."""

from __future__ import annotations

from asyncops.events import listen
from modules.blockers import service
from modules.incidents.events import IncidentDeleted
from modules.status_updates.events import StatusUpdateDeleted


@listen(StatusUpdateDeleted)
def release_from_status_update(event: StatusUpdateDeleted) -> None:
    """Before the row goes, so that the change has its ledger row and the foreign key its peace."""
    service.release_blockers(event.actor, status_id=event.subject.id)


@listen(IncidentDeleted)
def release_from_incident(event: IncidentDeleted) -> None:
    """As above."""
    service.release_blockers(event.actor, incident_id=event.subject.id)
