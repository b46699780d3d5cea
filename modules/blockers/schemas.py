"""What goes over the wire about blockers."""

from __future__ import annotations

from marshmallow import fields

from asyncops.http.schemas import Answer, Id, Listing, Moment, Person, Schema, Search, Text, Words, one_of
from modules.blockers.models import MAX_DESCRIPTION, MAX_IMPACT, MAX_NOTES, STATUSES


class BlockerOut(Answer):
    """A blocker."""

    id = fields.Integer()
    description = fields.String(metadata={"description": "Markdown, exactly as sent"})
    impact = fields.String(metadata={"description": "Markdown, exactly as sent"})
    status = fields.String(validate=one_of(*STATUSES))
    resolution_notes = fields.String(allow_none=True)
    archived = fields.Boolean()
    reported_by_id = fields.Integer()
    related_status_id = fields.Integer(allow_none=True)
    related_incident_id = fields.Integer(allow_none=True)
    created_at = Moment()
    updated_at = Moment()
    resolved_at = Moment(allow_none=True)
    reported_by = fields.Nested(Person)


class BlockerIn(Schema):
    """What somebody waits for, and what it costs."""

    description = Text(MAX_DESCRIPTION, required=True)
    impact = Text(MAX_IMPACT, required=True)
    related_status_id = Id(strict=True, allow_none=True)
    related_incident_id = Id(strict=True, allow_none=True)


class ResolutionIn(Schema):
    """How it ended; the body may be absent."""

    resolution_notes = Text(MAX_NOTES, blank=True, allow_none=True)


class BlockerFilters(Listing):
    """Which blockers."""

    status = Words(STATUSES)
    reported_by_id = Id()
    related_status_id = Id()
    related_incident_id = Id()
    archived = fields.Boolean(metadata={"description": "false if absent"})
    start_date = fields.Date(metadata={"description": "Reported on this whole day in your time zone, or later"})
    end_date = fields.Date(metadata={"description": "Reported on this whole day in your time zone, or earlier"})
    search = Search(metadata={"description": "Word forms, quotes, minus; the last word may be half written"})
