"""The HTTP face of blockers: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint, IfMatch
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from modules.blockers import service
from modules.blockers.schemas import BlockerFilters, BlockerIn, BlockerOut, ResolutionIn

blp = Blueprint(
    "blockers", __name__, url_prefix="/api/blockers", description="What stops the team", record=BlockerOut()
)


@blp.route("")
class Blockers(MethodView):
    """All blockers."""

    @blp.arguments(BlockerFilters(), location="query")
    @blp.response(200, page_of(BlockerOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List blockers, active first, then newest."""
        return service.list_blockers(current_actor(), **filters)

    @blp.arguments(BlockerIn())
    @blp.response(201, BlockerOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Report a blocker."""
        return service.report_blocker(current_actor(), **body)


@blp.route("/<id:blocker_id>")
class OneBlocker(MethodView):
    """One blocker."""

    @blp.response(200, BlockerOut())
    def get(self, blocker_id: int) -> Any:
        """Show a blocker."""
        return service.get_blocker(current_actor(), blocker_id)

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(BlockerIn(partial=True))
    @blp.response(200, BlockerOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], blocker_id: int) -> Any:
        """Change what a blocker says or points to."""
        return service.edit_blocker(current_actor(), blocker_id, **condition, **body)

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(204)
    def delete(self, condition: dict[str, Any], blocker_id: int) -> None:
        """Delete an archived blocker (administrators)."""
        service.delete_blocker(current_actor(), blocker_id, **condition)


@blp.route("/<id:blocker_id>/resolve")
class BlockerResolution(MethodView):
    """The end of a wait."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.arguments(ResolutionIn(), required=False)
    @blp.response(200, BlockerOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], blocker_id: int) -> Any:
        """Mark a blocker as resolved."""
        return service.resolve_blocker(current_actor(), blocker_id, **condition, **body)


@blp.route("/<id:blocker_id>/reopen")
class BlockerReopening(MethodView):
    """Waiting again."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, BlockerOut())
    def patch(self, condition: dict[str, Any], blocker_id: int) -> Any:
        """Reopen a resolved blocker; its notes stay."""
        return service.reopen_blocker(current_actor(), blocker_id, **condition)


@blp.route("/<id:blocker_id>/archive")
class BlockerArchive(MethodView):
    """Putting aside."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, BlockerOut())
    def patch(self, condition: dict[str, Any], blocker_id: int) -> Any:
        """Put a blocker aside; it is read-only from then on."""
        return service.archive_blocker(current_actor(), blocker_id, **condition)


@blp.route("/<id:blocker_id>/unarchive")
class BlockerUnarchive(MethodView):
    """Taking out again."""

    @blp.arguments(IfMatch(), location="headers")
    @blp.response(200, BlockerOut())
    def patch(self, condition: dict[str, Any], blocker_id: int) -> Any:
        """Take an archived blocker out again."""
        return service.unarchive_blocker(current_actor(), blocker_id, **condition)
