"""SQL that searches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import case, func, select

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


def find(record_type: str, text: str, page: PageRequest) -> Found:
    """The matches of one type, best first: id, title, created_at, archived and headline of each."""
    records = SEARCHED[record_type]
    where = (fulltext.matches(records.vector, text), records.there)
    total = counted(records.model, where)
    if page.offset >= TOTAL_CAP:
        return _found([], db.session.scalar(select(total)) or 0)

    # Ranking reads each match's whole vector: a common word must not make it read a million.
    newest = (
        select(records.id.label("id"), records.created_at.label("created_at"), records.vector.label("vector"))
        .where(*where)
        .order_by(records.created_at.desc(), records.id.desc())
        .limit(max(RANKED, page.offset + page.limit))
        .subquery()
    )
    nth = func.row_number().over(order_by=(newest.c.created_at.desc(), newest.c.id.desc()))
    numbered = select(newest, nth.label("nth")).subquery()
    rank = case((numbered.c.nth <= RANKED, fulltext.rank(numbered.c.vector, text)), else_=-1)
    best_first = (rank.desc(), numbered.c.created_at.desc(), numbered.c.id.desc())
    shown = (
        select(numbered.c.id, func.row_number().over(order_by=best_first).label("place"))
        .order_by(*best_first)
        .limit(page.limit)
        .offset(page.offset)
        .subquery()
    )
    statement = (
        select(
            records.id.label("id"),
            records.title.label("title"),
            records.created_at.label("created_at"),
            records.archived.label("archived"),
            fulltext.headline(records.document, text).label("headline"),
            total.label("total"),
        )
        .join(shown, shown.c.id == records.id)
        .order_by(shown.c.place)
    )
    rows = db.session.execute(statement).all()
    if rows or page.offset == 0:
        return _found(rows, rows[0].total if rows else 0)
    return _found([], db.session.scalar(select(total)) or 0)  # past the end no row brings the total along


def _found(rows: Sequence[AnyRow], total: int) -> Found:
    return Found(rows, min(total, TOTAL_CAP), total > TOTAL_CAP)
