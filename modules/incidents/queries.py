"""SQL that reads incidents."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from asyncops import fulltext
from asyncops.database import AnyRow, any_of, hold, lock, lock_to_delete
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
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
_ONE = Prepared(_ROWS.where(Incident.id == bindparam("id")))
_ARCHIVED = {archived: Incident.archived == archived for archived in (False, True)}
_IN_STATUS = any_of(Incident.status, "status")
_UNRESOLVED = Incident.is_unresolved.is_(True)
_OF_SEVERITY = any_of(Incident.severity, "severity")
_ASSIGNED_TO = Incident.assigned_to_id == bindparam("assigned_to_id")
_REPORTED_BY = Incident.reported_by_id == bindparam("reported_by_id")
_SINCE = Incident.created_at >= bindparam("since")
_UNTIL = Incident.created_at < bindparam("until")
_FOUND = fulltext.matches(Incident.search)


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
    row = _ONE.one_or_none(id=incident_id)
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
    where = Where(_ARCHIVED[archived])
    where.given(_IN_STATUS, status=status or None)
    if status and DONE.isdisjoint(status):
        where.add(_UNRESOLVED)  # says nothing new, but the index of the order can read it
    where.given(_OF_SEVERITY, severity=severity or None)
    where.given(_ASSIGNED_TO, assigned_to_id=assigned_to_id)
    where.given(_REPORTED_BY, reported_by_id=reported_by_id)
    where.given(_SINCE, since=since)
    where.given(_UNTIL, until=until)
    where.given(_FOUND, parsed=fulltext.parse(search))
    return paginate(_ROWS, WORST_FIRST, page, where)
