"""The HTTP face of the ledger: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from asyncops.replica import reads_may_lag
from modules.activity import service
from modules.activity.schemas import ActivityFilters, ActivityOut

blp = Blueprint("activity", __name__, url_prefix="/api/activity", description="Who changed what, and when")


@blp.route("")
class Ledger(MethodView):
    """The whole ledger."""

    @blp.arguments(ActivityFilters(), location="query")
    @blp.response(200, page_of(ActivityOut))
    @reads_may_lag
    def get(self, filters: dict[str, Any]) -> Page:
        """List what happened, newest first; with subject_type and subject_id one record's history."""
        return service.list_activity(current_actor(), **filters)
