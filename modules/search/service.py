"""What can be done with the search. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from asyncops.actor import Actor
from asyncops.errors import Invalid
from asyncops.fulltext import Parsed, parse_to_rank, passages
from asyncops.pages import path_of
from asyncops.pagination import PageRequest
from modules.search import queries

TYPES = tuple(queries.SEARCHED)


def search(_actor: Actor, *, q: str, page: PageRequest, types: Sequence[str] | None = None) -> dict[str, Any]:
    """The records that answer `q`, by type and best first; archived ones too, deleted ones not. Anyone may search.

    Each group is a page of its own: `{total, total_is_capped, items}`.
    """
    parsed = parse_to_rank(q)
    groups = {kind: _group(kind, parsed, page) for kind in TYPES if not types or kind in types}
    if page.offset >= queries.RANKED and any(group["total_is_capped"] for group in groups.values()):
        raise Invalid({"page": [f"Pages end after {queries.RANKED} matches; search for something rarer."]})
    return {"q": q, "page": page.page, "limit": page.limit, "groups": groups}


def _group(kind: str, parsed: Parsed, page: PageRequest) -> dict[str, Any]:
    found = queries.find(kind, parsed, page)
    items = [
        {
            "id": row.id,
            "title": row.title,
            "highlights": passages(row.headline),
            "archived": row.archived,
            "created_at": row.created_at,
            "url": path_of(kind, row.id),
        }
        for row in found.rows
    ]
    return {"total": found.total, "total_is_capped": found.total_is_capped, "items": items}
