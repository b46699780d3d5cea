"""What goes over the wire about decisions."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from asyncops.http.schemas import (
    Answer,
    Id,
    Ids,
    Line,
    Listing,
    Moment,
    OptionalPerson,
    Person,
    Schema,
    Search,
    Tags,
    Text,
    one_of,
)
from modules.decisions.models import MAX_TEXT, MAX_TITLE


class ParticipantOut(Answer):
    """Somebody who took part."""

    id = fields.Integer()
    user_id = fields.Integer()
    created_at = fields.String(metadata={"format": "date-time"})
    user = fields.Nested(Person)


class DecisionOut(Answer):
    """A decision."""

    id = fields.Integer()
    title = fields.String()
    description = fields.String(metadata={"description": "Markdown, exactly as sent"})
    context = fields.String(metadata={"description": "Markdown, exactly as sent"})
    outcome = fields.String(metadata={"description": "Markdown, exactly as sent"})
    decision_date = fields.Date()
    tags = fields.List(fields.String())
    created_by_id = fields.Integer()
    created_at = Moment()
    updated_at = Moment()
    created_by = fields.Nested(Person)
    participant_ids = fields.Method("_participant_ids", metadata={"type": "array", "items": {"type": "integer"}})
    participants = fields.List(fields.Nested(ParticipantOut))

    def _participant_ids(self, row: Any) -> list[int]:
        return [participant["user_id"] for participant in row.participants]


class DecisionIn(Schema):
    """What was decided, why, and by whom."""

    title = Line(MAX_TITLE, required=True)
    description = Text(MAX_TEXT, required=True)
    context = Text(MAX_TEXT, required=True)
    outcome = Text(MAX_TEXT, required=True)
    decision_date = fields.Date(required=True)
    participant_ids = Ids(load_default=list)
    tags = Tags(load_default=list)


class DecisionFilters(Listing):
    """Which decisions."""

    start_date = fields.Date(metadata={"description": "Decided on this day or later"})
    end_date = fields.Date(metadata={"description": "Decided on this day or earlier"})
    participant_id = Id()
    created_by_id = Id()
    tag = Line(Tags.MAXIMUM_LENGTH)
    search = Search(metadata={"description": "Word forms, quotes, minus; the last word may be half written"})


class AuditEntryOut(Answer):
    """One changed field, or the creation or deletion."""

    id = fields.String()
    decision_id = fields.Integer()
    changed_by_id = fields.Integer(allow_none=True)
    change_type = fields.String(validate=one_of("created", "updated", "deleted"))
    field_name = fields.String(allow_none=True)
    old_value = fields.Raw(allow_none=True)
    new_value = fields.Raw(allow_none=True)
    changed_at = Moment()
    changed_by = OptionalPerson()


class AuditOut(Answer):
    """A decision's history, newest first."""

    items = fields.List(fields.Nested(AuditEntryOut))
