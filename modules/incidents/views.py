"""The columns of an incident that other modules' queries may join."""

from modules.incidents.models import Incident

incident_id = Incident.id
title = Incident.title
severity = Incident.severity
severity_rank = Incident.severity_rank
status = Incident.status
archived = Incident.archived
assigned_to_id = Incident.assigned_to_id
opened_at = Incident.created_at
resolved_at = Incident.resolved_at
