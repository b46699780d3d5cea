"""SQL that searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, func, literal, select

from asyncops import fulltext
from asyncops.database import AnyRow
from asyncops.fulltext import Parsed, Searchable
from asyncops.pagination import PageRequest
from asyncops.prepared import Prepared, few_of
from modules.blockers.views import searchable as blockers
from modules.decisions.views import searchable as decisions
from modules.incidents.views import searchable as incidents
from modules.status_updates.views import searchable as status_updates

SEARCHED: dict[str, Searchable] = {
    "status_update": status_updates,
    "incident": incidents,
    "blocker": blockers,
    "decision": decisions,
}
RANKED = 1_000
"""How many matches of a type are found, the newest ones: the best of them come first, and who looks further is told
that there are more. Counting and ranking all of them reads each one's words, of a common word half the table."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the matches of one type, and how many there are up to the cap."""

    rows: Sequence[AnyRow]
    total: int
    total_is_capped: bool


def find(record_type: str, parsed: Parsed, page: PageRequest) -> Found:
    """The matches of one type, best first: id, title, created_at, archived and headline of each."""
    best, total = _statements(record_type)
    limit = min(page.limit, RANKED - page.offset)
    rows = best.all(**parsed, limit=limit, offset=page.offset) if limit > 0 else []
    if rows:
        return _found(rows, rows[0].total)
    # Past the end no row brings the total along.
    return _found([], total.scalar(parsed=parsed["parsed"]) if page.offset else 0)


@cache
def _statements(record_type: str) -> tuple[Prepared, Prepared]:
    """The page of a type's matches, and how many there are: put together once, for they are long."""
    records = SEARCHED[record_type]
    matches = (
        select(records.id.label("id"), records.created_at.label("created_at"), records.vector.label("vector"))
        .where(fulltext.matches(records.vector), records.there)
        .order_by(records.created_at.desc(), records.id.desc())
    )
    found = few_of(matches, literal(RANKED + 1))
    newest_first = (found.c.created_at.desc(), found.c.id.desc())
    newest = select(
        *found.c, func.row_number().over(order_by=newest_first).label("age"), func.count().over().label("total")
    ).subquery()
    # The one more than is ranked only tells that there are more.
    best_first = (newest.c.age > RANKED, fulltext.rank(newest.c.vector).desc(), newest.c.age)
    shown = (
        select(newest.c.id, newest.c.total, func.row_number().over(order_by=best_first).label("place"))
        .order_by(*best_first)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
        .subquery()
    )
    described = (
        select(
            records.id.label("id"),
            records.title.label("title"),
            records.created_at.label("created_at"),
            records.archived.label("archived"),
            records.document.label("document"),
            fulltext.headline(records.document).label("headline"),
            shown.c.place,
            shown.c.total,
        )
        .join(shown, shown.c.id == records.id)
        .offset(0)  # or PostgreSQL would put the expression into each place that reads it, and make passages anew there
        .subquery()
    )
    page = select(
        described.c.id,
        described.c.title,
        described.c.created_at,
        described.c.archived,
        fulltext.headline_or_plain(described.c.headline, described.c.document).label("headline"),
        described.c.total,
    ).order_by(described.c.place)
    return Prepared(page), Prepared(select(func.count()).select_from(found))


def _found(rows: Sequence[AnyRow], total: int) -> Found:
    return Found(rows, min(total, RANKED), total > RANKED)
