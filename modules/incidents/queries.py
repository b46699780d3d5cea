"""SQL that reads incidents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, select

from asyncops import fulltext
from asyncops.database import AnyRow, hold, lock, lock_to_delete, within
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, paginate
from modules.identity.views import person
from modules.incidents.errors import IncidentNotFound
from modules.incidents.models import DONE, Incident

WORST_FIRST = Keyset(Incident, (Incident.is_unresolved, Incident.severity_rank, Incident.created_at, Incident.id))

_reporter = person("reported_by")
_assignee = person("assigned_to")


_ROWS = (
    select(
        Incident.id,
        Incident.title,
        Incident.description,
        Incident.severity,
        Incident.status,
        Incident.resolution_notes,
        Incident.archived,
        Incident.reported_by_id,
        Incident.assigned_to_id,
        Incident.created_at,
        Incident.updated_at,
        Incident.resolved_at,
        Incident.version,
        _reporter.columns,
        _assignee.columns,
    )
    .join(_reporter.table, _reporter.id == Incident.reported_by_id)
    .outerjoin(_assignee.table, _assignee.id == Incident.assigned_to_id)
)
_ONE = _ROWS.where(Incident.id == bindparam("id"))
_ARCHIVED = {archived: (Incident.archived == archived,) for archived in (False, True)}


def lock_incident(incident_id: int) -> Incident:
    """The incident, locked; raises IncidentNotFound."""
    return lock(Incident, incident_id, IncidentNotFound)


def lock_incident_to_delete(incident_id: int) -> Incident:
    """The incident, locked against new pointers too; raises IncidentNotFound."""
    return lock_to_delete(Incident, incident_id, IncidentNotFound)


def hold_incident(incident_id: int) -> bool:
    """Whether it exists, and will until the transaction ends."""
    return hold(Incident, incident_id)


def incident_row(incident_id: int) -> AnyRow:
    """One incident with its people; raises IncidentNotFound."""
    row = db.session.execute(_ONE, {"id": incident_id}).one_or_none()
    if row is None:
        raise IncidentNotFound
    return row


def list_incidents(
    page: PageRequest,
    *,
    archived: bool,
    status: list[str] | None,
    severity: list[str] | None,
    assigned_to_id: int | None,
    reported_by_id: int | None,
    since: datetime | None,
    until: datetime | None,
    search: str | None,
) -> Page:
    """Incidents unresolved first, then critical first, then newest; reported in [since, until)."""
    where: list[ColumnElement[bool]] = []
    if status:
        where.append(Incident.status.in_(status))
        if DONE.isdisjoint(status):
            where.append(Incident.is_unresolved.is_(True))  # says nothing new, but the index of the order can read it
    if severity:
        where.append(Incident.severity.in_(severity))
    if assigned_to_id is not None:
        where.append(Incident.assigned_to_id == assigned_to_id)
    if reported_by_id is not None:
        where.append(Incident.reported_by_id == reported_by_id)
    where += within(Incident.created_at, since, until)
    if search:
        where.append(fulltext.matches(Incident.search, search))
    return paginate(_ROWS, WORST_FIRST, page, always=_ARCHIVED[archived], where=where)
