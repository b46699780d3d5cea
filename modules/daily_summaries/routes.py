"""The HTTP face of daily summaries: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from asyncops.http.auth import current_actor
from asyncops.http.blueprint import Blueprint
from asyncops.http.schemas import page_of
from asyncops.pagination import Page
from asyncops.replica import reads_may_lag
from modules.daily_summaries import service
from modules.daily_summaries.schemas import (
    ContentOut,
    GenerationIn,
    SummaryFilters,
    SummaryItemOut,
    SummaryOut,
    TrendDayOut,
    TrendFilters,
)

blp = Blueprint(
    "daily_summaries",
    __name__,
    url_prefix="/api/summaries",
    description="What happened, day by day",
    record=SummaryOut(),
)


@blp.route("")
class Summaries(MethodView):
    """All summaries."""

    @blp.arguments(SummaryFilters(), location="query")
    @blp.response(200, page_of(SummaryItemOut))
    @reads_may_lag
    def get(self, filters: dict[str, Any]) -> Page:
        """List daily summaries, newest first."""
        return service.list_summaries(current_actor(), **filters)


@blp.route("/<id:summary_id>")
class OneSummary(MethodView):
    """One summary."""

    @blp.response(200, SummaryOut())
    @reads_may_lag
    def get(self, summary_id: int) -> Any:
        """Show a daily summary."""
        return service.get_summary(current_actor(), summary_id)


@blp.route("/today")
class Today(MethodView):
    """The live view."""

    @blp.response(200, ContentOut())
    @reads_may_lag
    def get(self) -> dict[str, Any]:
        """Show what happened in the last 24 hours, up to now."""
        return service.look_at_today(current_actor())


@blp.route("/trends")
class Trends(MethodView):
    """Day by day."""

    @blp.arguments(TrendFilters(), location="query")
    @blp.response(200, TrendDayOut(many=True))
    @reads_may_lag
    def get(self, filters: dict[str, Any]) -> list[dict[str, Any]]:
        """Show figures of the last 14 or 30 days of one's calendar, oldest first."""
        return service.look_at_trends(current_actor(), **filters)


@blp.route("/generate")
class Generation(MethodView):
    """Writing a summary by hand."""

    @blp.arguments(GenerationIn(), location="query")
    @blp.response(201, SummaryOut())
    def post(self, asked: dict[str, Any]) -> Any:
        """Write a day's summary, or show the one there is (administrators)."""
        return service.generate_by_hand(current_actor(), **asked)
