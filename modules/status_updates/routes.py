"""The HTTP face of status updates: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint, IfMatch
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from modules.status_updates import service
from modules.status_updates.schemas import StatusUpdateFilters, StatusUpdateIn, StatusUpdateOut

blp = Blueprint(
    "status_updates",
    __name__,
    url_prefix="/api/status",
    description="What people did, plan and think",
    record=StatusUpdateOut(),
)


@blp.route("")
class StatusUpdates(MethodView):
    """All updates."""

    @blp.arguments(StatusUpdateFilters(), location="query")
    @blp.response(200, page_of(StatusUpdateOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List status updates, newest first."""
        return service.list_status_updates(current_actor(), **filters)

    @blp.arguments(StatusUpdateIn())
    @blp.response(201, StatusUpdateOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Post a status update."""
        return service.post_status_update(current_actor(), **body)


@blp.route("/<id:update_id>")
class OneStatusUpdate(MethodView):
    """One update."""

    @blp.response(200, StatusUpdateOut())
    def get(self, update_id: int) -> Any:
        """Show a status update."""
        return service.get_status_update(current_actor(), update_id)

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(StatusUpdateIn(partial=True))
    @blp.response(200, StatusUpdateOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], update_id: int) -> Any:
        """Edit one's own status update."""
        return service.edit_status_update(current_actor(), update_id, **condition, **body)

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(204)
    def delete(self, condition: dict[str, Any], update_id: int) -> None:
        """Delete one's own status update."""
        service.delete_status_update(current_actor(), update_id, **condition)
