"""The HTTP face of decisions: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint, IfMatch
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from modules.decisions import service
from modules.decisions.schemas import AuditOut, DecisionFilters, DecisionIn, DecisionOut

blp = Blueprint(
    "decisions", __name__, url_prefix="/api/decisions", description="What was decided, and why", record=DecisionOut()
)


@blp.route("")
class Decisions(MethodView):
    """All decisions."""

    @blp.arguments(DecisionFilters(), location="query")
    @blp.response(200, page_of(DecisionOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List decisions by their date, newest first."""
        return service.list_decisions(current_actor(), **filters)

    @blp.arguments(DecisionIn())
    @blp.response(201, DecisionOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Record a decision."""
        return service.record_decision(current_actor(), **body)


@blp.route("/<id:decision_id>")
class OneDecision(MethodView):
    """One decision."""

    @blp.response(200, DecisionOut())
    def get(self, decision_id: int) -> Any:
        """Show a decision."""
        return service.get_decision(current_actor(), decision_id)

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(DecisionIn(partial=True))
    @blp.response(200, DecisionOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], decision_id: int) -> Any:
        """Change a decision (its creator or an administrator)."""
        return service.edit_decision(current_actor(), decision_id, **condition, **body)

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(204)
    def delete(self, condition: dict[str, Any], decision_id: int) -> None:
        """Delete a decision (its creator or an administrator); its history stays readable."""
        service.delete_decision(current_actor(), decision_id, **condition)


@blp.route("/<id:decision_id>/audit")
class DecisionAudit(MethodView):
    """A decision's history."""

    @blp.response(200, AuditOut())
    def get(self, decision_id: int) -> dict[str, Any]:
        """List every change of a decision, newest first; also of a deleted one."""
        return {"items": service.audit_decision(current_actor(), decision_id)}
