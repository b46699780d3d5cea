"""SQL that searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select

from asyncops import fulltext
from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.fulltext import Searchable
from asyncops.pagination import TOTAL_CAP, PageRequest, counted
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
"""How many matches of a type are ranked, the newest ones; older ones follow them by age."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of the matches of one type, and how many there are up to the cap."""

    rows: Sequence[AnyRow]
    total: int
    total_is_capped: bool


def parse(text: str) -> str:
    """The search text as PostgreSQL reads it, for `find`."""
    return db.session.scalar(select(fulltext.parse(text))) or ""


def find(record_type: str, text: str, page: PageRequest) -> Found:
    """The matches of one type, best first: id, title, created_at, archived and headline of each."""
    values = {
        "parsed": text,
        "newest": max(RANKED, page.offset + page.limit),
        "limit": page.limit,
        "offset": page.offset,
    }
    ranked, total = _statements(record_type)
    rows = db.session.execute(ranked, values).all() if page.offset < TOTAL_CAP else []
    if rows:
        return _found(rows, rows[0].total)
    # Past the end no row brings the total along.
    return _found([], db.session.scalar(total, {"parsed": text}) or 0 if page.offset else 0)


@cache
def _statements(record_type: str) -> tuple[Select[Any], Select[int]]:
    """The page of a type's matches, and how many there are: put together once, for they are long."""
    records, text = SEARCHED[record_type], fulltext.PARSED
    where = (fulltext.matches(records.vector, text), records.there)
    total = counted(records.model, where)
    # Ranking reads each match's whole vector: a common word must not make it read a million.
    newest = (
        select(records.id.label("id"), records.created_at.label("created_at"), records.vector.label("vector"))
        .where(*where)
        .order_by(records.created_at.desc(), records.id.desc())
        .limit(bindparam("newest"))
        .subquery()
    )
    nth = func.row_number().over(order_by=(newest.c.created_at.desc(), newest.c.id.desc()))
    numbered = select(newest, nth.label("nth")).subquery()
    rank = case((numbered.c.nth <= RANKED, fulltext.rank(numbered.c.vector, text)), else_=-1)
    best_first = (rank.desc(), numbered.c.created_at.desc(), numbered.c.id.desc())
    shown = (
        select(numbered.c.id, func.row_number().over(order_by=best_first).label("place"))
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
            fulltext.headline(records.document, text).label("headline"),
            shown.c.place,
        )
        .join(shown, shown.c.id == records.id)
        .offset(0)  # or PostgreSQL would put the expression into each place that reads it, and make passages anew there
        .subquery()
    )
    statement = select(
        described.c.id,
        described.c.title,
        described.c.created_at,
        described.c.archived,
        fulltext.headline_or_plain(described.c.headline, described.c.document, text).label("headline"),
        total.label("total"),
    ).order_by(described.c.place)
    return statement, select(total)


def _found(rows: Sequence[AnyRow], total: int) -> Found:
    return Found(rows, min(total, TOTAL_CAP), total > TOTAL_CAP)
