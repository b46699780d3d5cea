"""Pages and cursors in SQL: any depth of a list at the same cost, totals counted to a cap."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Integer, ScalarSelect, Select, and_, bindparam, func, literal, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from asyncops.database import Model
from asyncops.errors import Invalid
from asyncops.prepared import Prepared, few_of

TOTAL_CAP = 10_000
"""Totals are exact up to this many rows; counting more would cost more than the page."""

MAX_ID = 2**31 - 1

KEPT = 200
"""So many statements of lists are kept, for as many sets of filters; the least asked for makes room."""


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
        """The cursor that continues after `row`, which carries the columns as `key_0`, `key_1`, ..."""
        values = [getattr(row, f"key_{position}") for position in range(len(self.columns))]
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


class Where:
    """Which rows of a list: conditions that were made once, of columns of one table, and their values this time."""

    def __init__(self, *always: ColumnElement[bool]) -> None:
        """Begin with conditions that have no values."""
        self.conditions: Conditions = always
        self.values: dict[str, Any] = {}

    def add(self, *conditions: ColumnElement[bool], **values: Any) -> None:
        """Ask for it, too."""
        self.conditions += conditions
        self.values |= values

    def given(self, condition: ColumnElement[bool], **value: Any) -> None:
        """Ask for it unless the value is None."""
        if None not in value.values():
            self.add(condition, **value)


def paginate(statement: Rows, keyset: Keyset, request: PageRequest, where: Where) -> Page:
    """Run one part of `statement` (columns and joins, no filter) in the keyset's order.

    `statement`, `keyset` and all conditions are made once: what comes of them is put together once and kept. Conditions
    may use the keyset's table only, so that counting joins nothing. One statement for a page with its total; one more
    for a page past the end, where no row brings the total along.
    """
    values = {**where.values, "_limit": request.limit + 1}
    if request.cursor is not None:
        values |= keyset.place(request.cursor)
        rows = _after(statement, keyset, where.conditions).all(**values)
        return Page(rows[: request.limit], request.limit, _next_cursor(keyset, rows, request.limit))

    offset = values["_offset"] = request.offset
    rows = _numbered(statement, keyset, where.conditions).all(**values) if offset < TOTAL_CAP else []
    total: int = rows[0].list_total if rows else count(keyset.model, where)
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


def count(model: type[Model], where: Where) -> int:
    """How many rows of one table there are, as far as totals go: one more than the cap means "more"."""
    found: int = _count(model, where.conditions).scalar(**where.values)
    return found


@lru_cache(maxsize=KEPT)
def _after(statement: Rows, keyset: Keyset, where: Conditions) -> Prepared:
    return Prepared(_part(statement, keyset, (*where, keyset.after()), offset=None))


@lru_cache(maxsize=KEPT)
def _numbered(statement: Rows, keyset: Keyset, where: Conditions) -> Prepared:
    total = _counted(keyset.model, where).label("list_total")
    return Prepared(_part(statement, keyset, where, offset=bindparam("_offset", type_=Integer)).add_columns(total))


def _part(statement: Rows, keyset: Keyset, where: Conditions, *, offset: ColumnElement[int] | None) -> Rows:
    keys = [column.label(f"key_{position}") for position, column in enumerate(keyset.columns)]
    ordered = select(*keys).where(*where).order_by(*keyset.order_by())
    limit: ColumnElement[int] = bindparam("_limit", type_=Integer)
    shown = statement.add_columns(*keys).order_by(*keyset.order_by())
    if not Prepared(ordered).is_uneven:
        return shown.where(*where).limit(limit).offset(offset)
    found = few_of(ordered, limit, offset)
    return shown.join(found, list(found.c)[-1] == keyset.columns[-1])


@lru_cache(maxsize=KEPT)
def _count(model: type[Model], where: Conditions) -> Prepared:
    return Prepared(select(_counted(model, where)))


def _counted(model: type[Model], where: Sequence[ColumnElement[bool]]) -> ScalarSelect[int]:
    # The expression for `count`.
    some = select(literal(1)).select_from(model).where(*where).limit(TOTAL_CAP + 1).subquery()
    return select(func.count()).select_from(some).scalar_subquery()


def _next_cursor(keyset: Keyset, rows: Sequence[Any], limit: int) -> str | None:
    return keyset.cursor(rows[limit - 1]) if len(rows) > limit else None
