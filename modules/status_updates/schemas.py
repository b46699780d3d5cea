"""What goes over the wire about status updates."""

from __future__ import annotations

from marshmallow import fields

from asyncops.http.schemas import Answer, CommaList, Id, Line, Listing, Moment, Person, Schema, Search, Tags, Text
from modules.status_updates.models import MAX_CONTENT, MAX_TITLE


class StatusUpdateOut(Answer):
    """A status update."""

    id = fields.Integer()
    user_id = fields.Integer()
    title = fields.String()
    content = fields.String(metadata={"description": "Markdown, exactly as sent"})
    tags = fields.List(fields.String())
    created_at = Moment()
    updated_at = Moment()
    user = fields.Nested(Person)


class StatusUpdateIn(Schema):
    """What to post."""

    title = Line(MAX_TITLE, required=True)
    content = Text(MAX_CONTENT, required=True)
    tags = Tags(load_default=list)


class StatusUpdateFilters(Listing):
    """Which updates."""

    author_id = Id()
    start_date = fields.Date(metadata={"description": "This whole day in your time zone, and later"})
    end_date = fields.Date(metadata={"description": "This whole day in your time zone, and earlier"})
    tags = CommaList(metadata={"description": "Words with commas between; updates that bear all of them"})
    search = Search(metadata={"description": "Word forms, quotes, minus; the last word may be half written"})
