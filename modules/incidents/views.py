"""The columns of an incident that other modules' queries may join."""

from sqlalchemy import func

from asyncops.fulltext import Searchable
from modules.incidents.models import Incident

incident_id = Incident.id
title = Incident.title
severity = Incident.severity
severity_rank = Incident.severity_rank
status = Incident.status
archived = Incident.archived
reported_by_id = Incident.reported_by_id
assigned_to_id = Incident.assigned_to_id
opened_at = Incident.created_at
resolved_at = Incident.resolved_at

searchable = Searchable(
    Incident,
    id=Incident.id,
    title=Incident.title,
    document=func.concat_ws("\n", Incident.title, Incident.description, Incident.resolution_notes),
    vector=Incident.search,
    created_at=Incident.created_at,
    archived=Incident.archived,
)
