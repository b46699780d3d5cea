"""What goes over the wire about incidents."""

from __future__ import annotations

from marshmallow import fields

from asyncops.http.schemas import (
    Answer,
    Id,
    Line,
    Listing,
    Moment,
    OptionalPerson,
    Person,
    Schema,
    Search,
    Text,
    Words,
    one_of,
)
from modules.incidents.models import MAX_TEXT, MAX_TITLE, SEVERITIES, STATUSES


class IncidentOut(Answer):
    """An incident."""

    id = fields.Integer()
    title = fields.String()
    description = fields.String(metadata={"description": "Markdown, exactly as sent"})
    severity = fields.String(validate=one_of(*SEVERITIES))
    status = fields.String(validate=one_of(*STATUSES))
    resolution_notes = fields.String(allow_none=True)
    archived = fields.Boolean()
    reported_by_id = fields.Integer()
    assigned_to_id = fields.Integer(allow_none=True)
    created_at = Moment()
    updated_at = Moment()
    resolved_at = Moment(allow_none=True)
    reported_by = fields.Nested(Person)
    assigned_to = OptionalPerson()


class IncidentIn(Schema):
    """What is broken."""

    title = Line(MAX_TITLE, required=True)
    description = Text(MAX_TEXT, required=True)
    severity = fields.String(load_default="medium", validate=one_of(*SEVERITIES))
    assigned_to_id = Id(strict=True, allow_none=True)


class StatusChangeIn(Schema):
    """The next status, with or without notes."""

    status = fields.String(required=True, validate=one_of(*STATUSES))
    resolution_notes = Text(MAX_TEXT, blank=True, allow_none=True)


class AssignmentIn(Schema):
    """Who is on it; null: nobody."""

    assigned_to_id = Id(strict=True, required=True, allow_none=True)


class IncidentFilters(Listing):
    """Which incidents."""

    status = Words(STATUSES)
    severity = Words(SEVERITIES)
    assigned_to_id = Id()
    reported_by_id = Id()
    archived = fields.Boolean(metadata={"description": "false if absent"})
    start_date = fields.Date(metadata={"description": "Reported on this whole day in your time zone, or later"})
    end_date = fields.Date(metadata={"description": "Reported on this whole day in your time zone, or earlier"})
    search = Search(metadata={"description": "Word forms, quotes, minus; the last word may be half written"})
