"""The HTTP face of incidents: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint, IfMatch
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from modules.incidents import service
from modules.incidents.schemas import AssignmentIn, IncidentFilters, IncidentIn, IncidentOut, StatusChangeIn

blp = Blueprint("incidents", __name__, url_prefix="/api/incidents", description="What is broken", record=IncidentOut())


@blp.route("")
class Incidents(MethodView):
    """All incidents."""

    @blp.arguments(IncidentFilters(), location="query")
    @blp.response(200, page_of(IncidentOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List incidents: unresolved first, then critical first, then newest."""
        return service.list_incidents(current_actor(), **filters)

    @blp.arguments(IncidentIn())
    @blp.response(201, IncidentOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Report an incident."""
        return service.report_incident(current_actor(), **body)


@blp.route("/<id:incident_id>")
class OneIncident(MethodView):
    """One incident."""

    @blp.response(200, IncidentOut())
    def get(self, incident_id: int) -> Any:
        """Show an incident."""
        return service.get_incident(current_actor(), incident_id)

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(IncidentIn(partial=True))
    @blp.response(200, IncidentOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], incident_id: int) -> Any:
        """Change what is known about an incident."""
        return service.edit_incident(current_actor(), incident_id, **condition, **body)

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(204)
    def delete(self, condition: dict[str, Any], incident_id: int) -> None:
        """Delete an archived incident (administrators)."""
        service.delete_incident(current_actor(), incident_id, **condition)


@blp.route("/<id:incident_id>/status")
class IncidentStatus(MethodView):
    """The state machine."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(StatusChangeIn())
    @blp.response(200, IncidentOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], incident_id: int) -> Any:
        """Change an incident's status, with notes; the same status again changes the notes."""
        return service.change_incident_status(current_actor(), incident_id, **condition, **body)


@blp.route("/<id:incident_id>/assign")
class IncidentAssignment(MethodView):
    """Who is on it."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(AssignmentIn())
    @blp.response(200, IncidentOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], incident_id: int) -> Any:
        """Put somebody, or nobody, on an incident."""
        return service.assign_incident(current_actor(), incident_id, **condition, **body)


@blp.route("/<id:incident_id>/archive")
class IncidentArchive(MethodView):
    """Putting aside."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, IncidentOut())
    def patch(self, condition: dict[str, Any], incident_id: int) -> Any:
        """Put an incident aside; it is read-only from then on."""
        return service.archive_incident(current_actor(), incident_id, **condition)


@blp.route("/<id:incident_id>/unarchive")
class IncidentUnarchive(MethodView):
    """Taking out again."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, IncidentOut())
    def patch(self, condition: dict[str, Any], incident_id: int) -> Any:
        """Take an archived incident out again."""
        return service.unarchive_incident(current_actor(), incident_id, **condition)
