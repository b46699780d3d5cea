"""The HTTP face of the search: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint
from asyncops.replica import reads_may_lag
from modules.search import service
from modules.search.schemas import SearchFilters, SearchOut

blp = Blueprint("search", __name__, url_prefix="/api/search", description="One box over everything")


@blp.route("")
class Search(MethodView):
    """The search over all records."""

    @blp.arguments(SearchFilters(), location="query")
    @blp.response(200, SearchOut())
    @reads_may_lag
    def get(self, filters: dict[str, Any]) -> dict[str, Any]:
        """Search status updates, incidents, blockers and decisions; each type is a page of its own, best first."""
        return service.search(current_actor(), **filters)
