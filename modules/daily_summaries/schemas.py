"""What goes over the wire about daily summaries."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import fields, validate

from asyncops.extensions import settings
from asyncops.http.schemas import Answer, Listing, Moment, Schema
from modules.daily_summaries.markdown import render

EARLIEST = date(2000, 1, 1)


class SummaryItemOut(Answer):
    """A summary in a list."""

    id = fields.Integer()
    summary_date = fields.Date()
    status_updates_count = fields.Integer()
    incidents_count = fields.Integer()
    blockers_count = fields.Integer()
    decisions_count = fields.Integer()
    generated_at = Moment()


class AuthorOut(Answer):
    """A person in a summary."""

    id = fields.Integer()
    full_name = fields.String()


class UpdateLineOut(Answer):
    """A status update in a summary."""

    id = fields.Integer()
    title = fields.String()
    author = fields.Nested(AuthorOut)
    created_at = fields.String(metadata={"format": "date-time"})


class IncidentLineOut(Answer):
    """An incident in a summary."""

    id = fields.Integer()
    title = fields.String()
    severity = fields.String()
    status = fields.String(metadata={"description": "As it was when the summary was made"})
    assigned_to = fields.Nested(AuthorOut, allow_none=True)
    created_at = fields.String(metadata={"format": "date-time"})
    hours_to_resolve = fields.Float(allow_none=True)


class BlockerLineOut(Answer):
    """A blocker in a summary."""

    id = fields.Integer()
    description = fields.String()
    status = fields.String(metadata={"description": "As it was when the summary was made"})
    reported_by = fields.Nested(AuthorOut)
    created_at = fields.String(metadata={"format": "date-time"})
    age_hours = fields.Float(metadata={"description": "At the window's end"})


class DecisionLineOut(Answer):
    """A decision in a summary."""

    id = fields.Integer()
    title = fields.String()
    decision_date = fields.String(metadata={"format": "date"})


class FigureBesideOut(Answer):
    """What stands beside a figure."""

    day_before = fields.Integer()
    seven_day_mean = fields.Float()


class TrendsOut(Answer):
    """Each figure's comparison with earlier days."""

    active_incidents = fields.Nested(FigureBesideOut)
    critical_incidents = fields.Nested(FigureBesideOut)
    incidents_opened = fields.Nested(FigureBesideOut)
    incidents_resolved = fields.Nested(FigureBesideOut)
    active_blockers = fields.Nested(FigureBesideOut)
    total_status_updates = fields.Nested(FigureBesideOut)
    decisions_last_7_days = fields.Nested(FigureBesideOut)


class StatisticsOut(Answer):
    """A summary's figures."""

    active_incidents = fields.Integer(metadata={"description": "At the window's end"})
    critical_incidents = fields.Integer(metadata={"description": "At the window's end"})
    incidents_opened = fields.Integer()
    incidents_resolved = fields.Integer()
    median_hours_to_resolve = fields.Float(allow_none=True)
    active_blockers = fields.Integer(metadata={"description": "At the window's end"})
    total_status_updates = fields.Integer()
    decisions_last_7_days = fields.Integer(metadata={"description": "Recorded in the seven days before the end"})
    trends = fields.Nested(TrendsOut)


class LeftOut(Answer):
    """How many lines each cut list lacks."""

    incidents = fields.Integer()
    incidents_opened = fields.Integer()
    incidents_resolved = fields.Integer()
    blockers = fields.Integer()
    status_updates = fields.Integer()
    recent_decisions = fields.Integer()
    no_update_from = fields.Integer()


class ContentOut(Answer):
    """What happened."""

    incidents = fields.List(fields.Nested(IncidentLineOut), metadata={"description": "Active ones, worst first"})
    incidents_opened = fields.List(fields.Nested(IncidentLineOut))
    incidents_resolved = fields.List(fields.Nested(IncidentLineOut))
    blockers = fields.List(fields.Nested(BlockerLineOut), metadata={"description": "Active ones, oldest first"})
    status_updates = fields.List(fields.Nested(UpdateLineOut), metadata={"description": "By author, oldest first"})
    recent_decisions = fields.List(fields.Nested(DecisionLineOut), metadata={"description": "Of seven days"})
    no_update_from = fields.List(fields.Nested(AuthorOut))
    statistics = fields.Nested(StatisticsOut)
    left_out = fields.Nested(LeftOut)


class SummaryOut(SummaryItemOut):
    """A whole summary."""

    window_start = Moment()
    window_end = Moment()
    revision = fields.Integer()
    content = fields.Nested(ContentOut)
    markdown = fields.Method("_markdown", metadata={"type": "string"})

    def _markdown(self, row: Any) -> str:
        return render(row.summary_date, row.content, base_url=settings().base_url)


class TrendFilters(Schema):
    """How far back."""

    days = fields.Integer(validate=validate.OneOf((14, 30)), metadata={"description": "14 if absent"})


class TrendDayOut(Answer):
    """One day's figures; blockers as they were when it ended."""

    date = fields.Date()
    status_updates = fields.Integer()
    incidents_opened = fields.Integer()
    incidents_resolved = fields.Integer()
    active_blockers = fields.Integer()
    median_blocker_age_hours = fields.Float(allow_none=True)


class SummaryFilters(Listing):
    """Which summaries."""

    start_date = fields.Date()
    end_date = fields.Date()


class GenerationIn(Schema):
    """Which day to sum up."""

    summary_date = fields.Date(
        validate=validate.Range(min=EARLIEST), metadata={"description": "Today in the workspace's zone, if absent"}
    )
    force_update = fields.Boolean(metadata={"description": "Write it again although it exists"})
