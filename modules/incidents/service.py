"""What people can do with incidents. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from datetime import date
from typing import Any

from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent
from asyncops.clock import day_bounds, utcnow
from asyncops.database import IfMatch, require_version
from asyncops.events import publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.identity import service as identity
from modules.incidents import policy, queries
from modules.incidents.errors import AssignedUserNotFound
from modules.incidents.events import (
    IncidentArchived,
    IncidentAssigned,
    IncidentCreated,
    IncidentDeleted,
    IncidentStatusChanged,
    IncidentUnarchived,
    IncidentUpdated,
)
from modules.incidents.models import Incident


def report_incident(
    actor: Actor, *, title: str, description: str, severity: str, assigned_to_id: int | None = None
) -> Any:
    """Report an incident; raises AssignedUserNotFound."""
    _require_assignable(assigned_to_id)
    incident = Incident(
        title=title,
        description=description,
        severity=severity,
        reported_by_id=actor.id,
        assigned_to_id=assigned_to_id,
    )
    db.session.add(incident)
    db.session.flush()  # the events and the answer need the id
    publish(IncidentCreated(actor, incident.subject))
    return queries.incident_row(incident.id)


def get_incident(actor: Actor, incident_id: int) -> Any:  # noqa: ARG001 - everybody may read
    """One incident; raises IncidentNotFound."""
    return queries.incident_row(incident_id)


def list_incidents(
    actor: Actor,
    *,
    page: PageRequest,
    archived: bool = False,
    status: list[str] | None = None,
    severity: list[str] | None = None,
    assigned_to_id: int | None = None,
    reported_by_id: int | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    search: str | None = None,
) -> Page:
    """Incidents worst first; dates are whole days in the caller's time zone, both ends included."""
    since, until = day_bounds(start_date, end_date, actor.timezone)
    return queries.list_incidents(
        page,
        archived=archived,
        status=status,
        severity=severity,
        assigned_to_id=assigned_to_id,
        reported_by_id=reported_by_id,
        since=since,
        until=until,
        search=search,
    )


def edit_incident(
    actor: Actor,
    incident_id: int,
    *,
    title: str | Absent = ABSENT,
    description: str | Absent = ABSENT,
    severity: str | Absent = ABSENT,
    assigned_to_id: int | Absent | None = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change what is known about an incident; raises IncidentArchived, AssignedUserNotFound, Stale."""
    incident = _lock(incident_id, if_match)
    if assigned_to_id is not ABSENT:
        _require_assignable_to(incident, assigned_to_id)
    # Both before anybody is told: one write, one version.
    edited = incident.edit(title=title, description=description, severity=severity)
    assigned = () if assigned_to_id is ABSENT else incident.assign(assigned_to_id)
    if edited:
        publish(IncidentUpdated(actor, incident.subject, edited))
    if assigned:
        publish(IncidentAssigned(actor, incident.subject, assigned))
    return queries.incident_row(incident_id)


def assign_incident(actor: Actor, incident_id: int, *, assigned_to_id: int | None, if_match: IfMatch = None) -> Any:
    """Put somebody, or nobody, on an incident; raises IncidentArchived, AssignedUserNotFound, Stale."""
    incident = _lock(incident_id, if_match)
    _require_assignable_to(incident, assigned_to_id)
    if changes := incident.assign(assigned_to_id):
        publish(IncidentAssigned(actor, incident.subject, changes))
    return queries.incident_row(incident_id)


def change_incident_status(
    actor: Actor,
    incident_id: int,
    *,
    status: str,
    resolution_notes: str | Absent | None = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Take a step of the state machine; raises TransitionNotAllowed, IncidentArchived, Stale."""
    incident = _lock(incident_id, if_match)
    if changes := incident.change_status(status, notes=resolution_notes, at=utcnow()):
        publish(IncidentStatusChanged(actor, incident.subject, changes))
    return queries.incident_row(incident_id)


def archive_incident(actor: Actor, incident_id: int, *, if_match: IfMatch = None) -> Any:
    """Put an incident aside; once more changes nothing."""
    incident = _lock(incident_id, if_match)
    if changes := incident.set_archived(True):
        publish(IncidentArchived(actor, incident.subject, changes))
    return queries.incident_row(incident_id)


def unarchive_incident(actor: Actor, incident_id: int, *, if_match: IfMatch = None) -> Any:
    """Take an incident out again; once more changes nothing."""
    incident = _lock(incident_id, if_match)
    if changes := incident.set_archived(False):
        publish(IncidentUnarchived(actor, incident.subject, changes))
    return queries.incident_row(incident_id)


def delete_incident(actor: Actor, incident_id: int, *, if_match: IfMatch = None) -> None:
    """Delete an archived incident; administrators only. Raises IncidentNotArchived, Stale."""
    policy.require_may_delete(actor)
    incident = queries.lock_incident_to_delete(incident_id)
    _require_version(incident, if_match)
    incident.require_deletable()
    publish(IncidentDeleted(actor, incident.subject))
    db.session.delete(incident)


def _require_assignable_to(incident: Incident, user_id: int | None) -> None:
    if user_id != incident.assigned_to_id:  # who has left stays on what they had
        _require_assignable(user_id)


def _require_assignable(user_id: int | None) -> None:
    if user_id is not None and not identity.are_active({user_id}):
        raise AssignedUserNotFound


def hold_incident(incident_id: int) -> bool:
    """Whether there is such an incident; it stays until the transaction ends, so that a record may point to it."""
    return queries.hold_incident(incident_id)


def _lock(incident_id: int, if_match: IfMatch) -> Incident:
    incident = queries.lock_incident(incident_id)
    _require_version(incident, if_match)
    return incident


def _require_version(incident: Incident, if_match: IfMatch) -> None:
    require_version(incident.version, if_match, lambda: queries.incident_row(incident.id))
