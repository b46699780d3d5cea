"""What goes over the wire about the search."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, validates

from asyncops.http.schemas import Answer, Moment, Numbered, Search, Words
from modules.search.queries import RANKED
from modules.search.service import TYPES


class SearchFilters(Numbered):
    """What to look for."""

    q = Search(
        required=True,
        metadata={
            "description": "Word forms count, and the last word may be half a word. "
            '`"two words"` as they stand, `-word` without, `this or that`.'
        },
    )
    types = Words(TYPES)

    @validates("q")
    def _not_blank(self, value: str, **_: Any) -> None:
        if not value:
            raise ValidationError("Say what to look for.")


class MatchOut(Answer):
    """A record that answers."""

    id = fields.Integer()
    title = fields.String()
    highlights = fields.List(
        fields.String(), metadata={"description": "Passages as HTML: escaped text in which only `<mark>` is markup"}
    )
    archived = fields.Boolean()
    created_at = Moment()
    url = fields.String(metadata={"description": "The path of the record's page"})


class GroupOut(Answer):
    """The matches of one type, best first."""

    total = fields.Integer(metadata={"description": f"Exact up to {RANKED:,}"})
    total_is_capped = fields.Boolean()
    items = fields.List(fields.Nested(MatchOut))


class GroupsOut(Answer):
    """A group for each type that was asked for."""

    status_updates = fields.Nested(GroupOut, attribute="status_update", metadata={"always": False})
    incidents = fields.Nested(GroupOut, attribute="incident", metadata={"always": False})
    blockers = fields.Nested(GroupOut, attribute="blocker", metadata={"always": False})
    decisions = fields.Nested(GroupOut, attribute="decision", metadata={"always": False})


class SearchOut(Answer):
    """What was found."""

    q = fields.String()
    page = fields.Integer()
    limit = fields.Integer()
    groups = fields.Nested(GroupsOut)
