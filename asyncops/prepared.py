"""Statements that are the same each time: put together with SQLAlchemy once, then given to the driver itself.

Most of what is done here is short statements, for which SQLAlchemy's own part costs several times the driver's. All
else stays as it is for the session: the engine's pool, the transaction, the kinds of errors.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from itertools import groupby
from typing import Any, cast

import psycopg
from sqlalchemy import ColumnElement, Dialect, Insert, Select, Subquery, literal, select
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Bundle
from sqlalchemy.sql.dml import ReturningInsert

from asyncops.database import AnyRow
from asyncops.extensions import db
from asyncops.sessions import RoutedSession, WriteWhileReading, changes_rows, current_reading

_DIALECT: Dialect = PGDialect_psycopg()  # type: ignore[no-untyped-call] # SQLAlchemy's gap
KEPT_CURSORS = 100
"""So many statements' cursors are kept with a connection, as many as the driver keeps prepared."""

_UNEVEN = (" @@ ", " @> ")
"""Words and tags: one is in every third row and the next in none. For a statement that is kept prepared PostgreSQL
makes one plan for all values when it has seen a few, and at a million rows that took seconds for the common ones. So
these statements are planned for the values of each time, which takes a millisecond."""
_MANY = literal(4_000)
"""So many rows more make PostgreSQL choose as it should, whatever it expects of a word that it has never counted."""

MakeRow = Callable[[Sequence[Any]], Any]
Statement = Select[*tuple[Any, ...]] | Insert | ReturningInsert[*tuple[Any, ...]]


class Prepared:
    """One statement whose values are `bindparam`s. Its rows have the columns' names, and a bundle is a row in a row.

    Values go to the driver as they are: one for JSON has to be a `Jsonb`. What writes is of tables and not of classes:
    the session does not hear of it.
    """

    def __init__(self, statement: Statement) -> None:
        """Compile it at its first use: models may not be complete yet."""
        self._statement = statement

    def all(self, **values: Any) -> list[AnyRow]:
        """All rows."""
        return self._ask(values, _new_cursor)

    def one_or_none(self, **values: Any) -> AnyRow | None:
        """The row of a statement that finds one or none."""
        rows = self._ask(values, _kept_cursor)
        return rows[0] if rows else None

    def one(self, **values: Any) -> AnyRow:
        """The row of a statement that always finds one."""
        (row,) = self._ask(values, _kept_cursor)
        return row

    def scalar(self, **values: Any) -> Any:
        """The first column of that row; None where there is no row."""
        row = self.one_or_none(**values)
        return None if row is None else row[0]

    def run(self, **values: Any) -> None:
        """Nothing but the effect."""
        self._ask(values, _kept_cursor, fetch=False)

    def _ask(
        self, values: dict[str, Any], cursor_of: Callable[[Any, Prepared], psycopg.Cursor[Any]], *, fetch: bool = True
    ) -> list[AnyRow]:
        sql, constants, _ = self.compiled
        driver = None
        try:
            driver = _driver(writes=self.writes)
            # None leaves it to the connection, which knows whether there is a pooler in between.
            keep = False if self.is_uneven else None
            cursor = cursor_of(driver, self).execute(sql, {**constants, **values}, prepare=keep)
            return cursor.fetchall() if fetch else []
        except psycopg.Error as error:
            raise _as_from_session(error, driver) from error

    @cached_property
    def compiled(self) -> tuple[str, dict[str, Any], Callable[[Any], MakeRow]]:
        """The text, the values that are always the same, and what makes the rows."""
        compiled = self._statement.compile(dialect=_DIALECT)
        told = self._statement
        columns: Any = told.column_descriptions if told.is_select else told.returning_column_descriptions  # type: ignore[union-attr]
        make = _maker([(one["name"], one["expr"]) for one in columns])
        # What has no value yet must get one each time, a default in Python too: the driver says what it misses.
        constants = {name: value for name, value in compiled.params.items() if value is not None}
        return str(compiled), constants, lambda _cursor: make

    @cached_property
    def writes(self) -> bool:
        """Whether it changes rows."""
        return changes_rows(self._statement)

    @cached_property
    def is_uneven(self) -> bool:
        """Whether one value may find half a table and the next nothing."""
        return any(operator in self.compiled[0] for operator in _UNEVEN)


def few_of(
    ordered: Select[*tuple[Any, ...]], limit: ColumnElement[int], offset: ColumnElement[int] | None = None
) -> Subquery:
    """`limit` rows of a statement with an order, planned as if thousands more were wanted.

    For a few rows PostgreSQL likes to walk down the order until it has seen enough. That is right for a common word,
    and passes a million rows in search of a rare one, of which it always expects too many. What is said to be
    materialized is planned as a whole, and yet read, in its order, no further than somebody asks.
    """
    found = ordered.limit(_MANY + limit if offset is None else _MANY + limit + offset).cte("found")
    return select(found.prefix_with("MATERIALIZED")).limit(limit).offset(offset).subquery()


def _maker(columns: Sequence[tuple[str, Any]]) -> MakeRow:
    """A function that makes a row of the driver's values; those of a bundle stand side by side there."""
    # Known at run time alone; what has no name is read by its place.
    names = [str(column) for column, _ in columns]
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024
    row = partial(tuple.__new__, kind)
    parts: list[tuple[int, int, MakeRow | None]] = []  # from, to, and a bundle's own maker
    place = 0
    for bundle, run in groupby(columns, lambda column: column[1] if isinstance(column[1], Bundle) else None):
        width = len(list(run)) if bundle is None else len(bundle.c)
        inner = None if bundle is None else _maker([(one.key, one) for one in bundle.c])
        parts.append((place, place + width, inner))
        place += width
    if [inner for _, _, inner in parts] == [None]:
        return row

    def nested(values: Sequence[Any]) -> Any:
        cells: list[Any] = []
        for start, end, inner in parts:
            if inner is None:
                cells += values[start:end]
            else:
                cells.append(inner(values[start:end]))
        return row(cells)

    return nested


def _new_cursor(driver: Any, prepared: Prepared) -> psycopg.Cursor[Any]:
    cursor: psycopg.Cursor[Any] = driver.cursor(binary=True, row_factory=prepared.compiled[2])
    return cursor


def _kept_cursor(driver: Any, prepared: Prepared) -> psycopg.Cursor[Any]:
    """The connection's own cursor for this statement: it knows how values are written and read from the last time.

    For single rows alone, since it also holds what it was told last.
    """
    kept: dict[Prepared, psycopg.Cursor[Any]] = vars(driver).setdefault("kept_cursors", {})
    cursor = kept.get(prepared)
    if cursor is None:
        if len(kept) >= KEPT_CURSORS:
            kept.clear()
        cursor = kept[prepared] = _new_cursor(driver, prepared)
    return cursor


def _driver(*, writes: bool) -> Any:
    """The driver's connection of this unit of work."""
    reads = current_reading()
    if writes and reads is not None:
        raise WriteWhileReading
    driver = None if reads is None else reads.driver()
    if driver is None:
        session = cast("RoutedSession", db.session())
        driver = session.driver()
    return driver


def _as_from_session(error: psycopg.Error, driver: Any) -> DBAPIError:
    """The error as SQLAlchemy tells it; a connection that broke is given up."""
    gone = driver is not None and (driver.closed or driver.broken)
    if gone:
        reads = current_reading()
        holder = (reads and reads.pooled) or db.session.connection()
        holder.invalidate(error)
    told: Any = DBAPIError.instance(
        None, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=gone, dialect=_DIALECT
    )
    return cast("DBAPIError", told)
