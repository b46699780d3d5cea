"""Pages and cursors in SQL: any depth of a list at the same cost, totals counted to a cap."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from asyncops.database import Model
from asyncops.errors import Invalid
from asyncops.extensions import db

TOTAL_CAP = 10_000
"""Totals are exact up to this many rows; counting more would cost more than the page."""

MAX_ID = 2**31 - 1


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which part of a list: a page number, or a cursor that an earlier answer gave."""

    page: int = 1
    limit: int = 20
    cursor: str | None = None

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.limit


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list. `total` and `number` are None when a cursor was used; `more` stands beside the items."""

    items: Sequence[Any]
    limit: int
    next_cursor: str | None
    number: int | None = None
    total: int | None = None
    total_is_capped: bool = False
    more: Mapping[str, Any] = field(default_factory=dict)

    def beside(self, **more: Any) -> Page:
        """The page with something more to say than its items."""
        return replace(self, more=more)


@dataclass(frozen=True, slots=True)
class Keyset:
    """A list's order: columns of one table, all in one direction, ending with the id so that it is total."""

    model: type[Model]
    columns: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]
    descending: bool = True

    def order_by(self) -> list[ColumnElement[Any]]:
        """The ORDER BY."""
        return [column.desc() if self.descending else column.asc() for column in self.columns]

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The rows that follow the one the cursor was made from; raises Invalid for a cursor we did not make."""
        here = tuple_(*self.columns)
        there = tuple_(
            *(literal(value, column.type) for value, column in zip(self._read(cursor), self.columns, strict=True))
        )
        # Not `here < there`: PostgreSQL guesses from the first column alone how many rows that leaves. Where it is a
        # flag it expects none, so that it would read, join and sort all of them.
        return and_(here <= there if self.descending else here >= there, here != there)

    def cursor(self, row: Any) -> str:
        """The cursor that continues after `row`, which carries the columns as `_key0`, `_key1`, ..."""
        values = [getattr(row, f"_key{position}") for position in range(len(self.columns))]
        return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")

    def _read(self, cursor: str) -> list[Any]:
        try:
            values = orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
            return [_typed(value, column.type.python_type) for value, column in zip(values, self.columns, strict=True)]
        except (ValueError, TypeError) as error:
            raise Invalid({"cursor": ["Not a cursor of this list."]}) from error


def _typed(value: Any, kind: type[Any]) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return moment
    if kind is date:
        return date.fromisoformat(value)
    if type(value) is not kind or (kind is int and abs(value) > MAX_ID) or (kind is str and "\0" in value):
        raise ValueError(value)
    return value


def paginate(
    statement: Select[*tuple[Any, ...]],
    keyset: Keyset,
    request: PageRequest,
    *,
    where: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Run one part of `statement` (columns and joins, no filter) in the keyset's order.

    `where` may use the keyset's table only, so that counting joins nothing. One statement for a page with its total;
    one more for a page past the end, where no row brings the total along.
    """
    keys = [column.label(f"_key{position}") for position, column in enumerate(keyset.columns)]
    ordered = statement.add_columns(*keys).where(*where).order_by(*keyset.order_by())
    if request.cursor is not None:
        rows = db.session.execute(ordered.where(keyset.after(request.cursor)).limit(request.limit + 1)).all()
        return Page(rows[: request.limit], request.limit, _next_cursor(keyset, rows, request.limit))

    count = counted(keyset.model, where)
    offset = request.offset
    rows = (
        db.session.execute(ordered.add_columns(count.label("_total")).limit(request.limit + 1).offset(offset)).all()
        if offset < TOTAL_CAP
        else []
    )
    total: int = rows[0]._total if rows else db.session.scalar(select(count)) or 0  # noqa: SLF001 - our own label
    if offset >= TOTAL_CAP and total > TOTAL_CAP:
        raise Invalid({"page": [f"Pages end after {TOTAL_CAP} rows; follow next_cursor to read further."]})
    return Page(
        rows[: request.limit],
        request.limit,
        _next_cursor(keyset, rows, request.limit),
        number=request.page,
        total=min(total, TOTAL_CAP),
        total_is_capped=total > TOTAL_CAP,
    )


def counted(model: type[Model], where: Sequence[ColumnElement[bool]]) -> ScalarSelect[int]:
    """How many rows of one table there are, as far as totals go: one more than the cap means "more"."""
    some = select(literal(1)).select_from(model).where(*where).limit(TOTAL_CAP + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _next_cursor(keyset: Keyset, rows: Sequence[Any], limit: int) -> str | None:
    return keyset.cursor(rows[limit - 1]) if len(rows) > limit else None
