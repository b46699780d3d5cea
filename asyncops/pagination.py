"""Pages and cursors in SQL: any depth of a list at the same cost, totals counted to a cap."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, literal, select, tuple_
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


@dataclass(frozen=True, slots=True, eq=False)
class Keyset:
    """A list's order: columns of one table, all in one direction, ending with the id so that it is total."""

    model: type[Model]
    columns: tuple[InstrumentedAttribute[Any] | ColumnElement[Any], ...]
    descending: bool = True

    def order_by(self) -> list[ColumnElement[Any]]:
        """The ORDER BY."""
        return [column.desc() if self.descending else column.asc() for column in self.columns]

    def after(self) -> ColumnElement[bool]:
        """The rows that follow the one whose columns are given as parameters, see `place`."""
        here = tuple_(*self.columns)
        there = tuple_(*(bindparam(f"_after{n}", type_=column.type) for n, column in enumerate(self.columns)))
        # Not `here < there`: PostgreSQL guesses from the first column alone how many rows that leaves. Where it is a
        # flag it expects none, so that it would read, join and sort all of them.
        return and_(here <= there if self.descending else here >= there, here != there)

    def place(self, cursor: str) -> dict[str, Any]:
        """The parameters of `after`; raises Invalid for a cursor we did not make."""
        return {f"_after{n}": value for n, value in enumerate(self._read(cursor))}

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


Rows = Select[*tuple[Any, ...]]
Conditions = tuple[ColumnElement[bool], ...]


def paginate(
    statement: Rows,
    keyset: Keyset,
    request: PageRequest,
    *,
    always: Conditions = (),
    where: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Run one part of `statement` (columns and joins, no filter) in the keyset's order.

    `statement`, `keyset` and `always` are made once, for a list without filters is put together once and kept; `where`
    is made for each request. Both may use the keyset's table only, so that counting joins nothing. One statement for a
    page with its total; one more for a page past the end, where no row brings the total along.
    """
    conditions = (*always, *where)
    values: dict[str, Any] = {"_limit": request.limit + 1}
    if request.cursor is not None:
        after = _after if where else _kept_after
        values |= keyset.place(request.cursor)
        rows = db.session.execute(after(statement, keyset, conditions), values).all()
        return Page(rows[: request.limit], request.limit, _next_cursor(keyset, rows, request.limit))

    numbered = _numbered if where else _kept_numbered
    offset = values["_offset"] = request.offset
    rows = db.session.execute(numbered(statement, keyset, conditions), values).all() if offset < TOTAL_CAP else []
    if rows:
        total: int = rows[0]._total  # noqa: SLF001 - our own label
    else:
        total = db.session.scalar(select(counted(keyset.model, conditions))) or 0
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


def _ordered(statement: Rows, keyset: Keyset, where: Conditions) -> Rows:
    keys = [column.label(f"_key{position}") for position, column in enumerate(keyset.columns)]
    return statement.add_columns(*keys).where(*where).order_by(*keyset.order_by()).limit(bindparam("_limit"))


def _after(statement: Rows, keyset: Keyset, where: Conditions) -> Rows:
    return _ordered(statement, keyset, (*where, keyset.after()))


def _numbered(statement: Rows, keyset: Keyset, where: Conditions) -> Rows:
    total = counted(keyset.model, where).label("_total")
    return _ordered(statement, keyset, where).add_columns(total).offset(bindparam("_offset"))


_kept_after = lru_cache(maxsize=100)(_after)
_kept_numbered = lru_cache(maxsize=100)(_numbered)


def counted(model: type[Model], where: Sequence[ColumnElement[bool]]) -> ScalarSelect[int]:
    """How many rows of one table there are, as far as totals go: one more than the cap means "more"."""
    some = select(literal(1)).select_from(model).where(*where).limit(TOTAL_CAP + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _next_cursor(keyset: Keyset, rows: Sequence[Any], limit: int) -> str | None:
    return keyset.cursor(rows[limit - 1]) if len(rows) > limit else None
