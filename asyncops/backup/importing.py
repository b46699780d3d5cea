"""Filling an empty database from an export: every line in one transaction, or none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, groupby
from pathlib import Path
from typing import IO, Any, NoReturn

import psycopg
from psycopg import sql

from asyncops import migrating
from asyncops.backup import inventory
from asyncops.backup.errors import BackupError
from asyncops.backup.exporting import last_number, refuse_another_revision, sequence_of
from asyncops.backup.inventory import Session
from asyncops.backup.layout import FORMAT, VERSION, Layout, layouts
from asyncops.backup.restoring import hold_schema
from asyncops.backup.server import Server
from asyncops.backup.values import parse

Line = tuple[int, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, ready for its table."""

    number: int
    table: Layout
    values: list[Any]


def import_(server: Server, path: Path) -> dict[str, int]:
    """Make a workspace out of an export; gives the rows by table. Needs an application context.

    The tables are made if they are missing. BackupError, with no row written, for a database that has rows, and for a
    line that is not as this release writes it.
    """
    try:
        with path.open("rb") as file:
            lines = _lines(file)
            sequences = _read_header(lines)
            with server.connect() as session:
                _refuse_rows(session)  # also before the tables of what may be the wrong database are changed
            migrating.upgrade()
            with server.connect() as session:
                hold_schema(session)
                with session.transaction():
                    refuse_another_revision(session)
                    _refuse_rows(session)
                    rows = _fill(session, lines)
                    _set_sequences(session, sequences)
                session.execute("ANALYZE")
    except OSError as error:
        raise BackupError(f"{path} can't be read: {error.strerror or error}") from error
    return rows


def _refuse_rows(session: Session) -> None:
    if filled := inventory.has_rows(session):
        raise BackupError(f"The database is not empty: there are rows in {', '.join(filled)}")


def _lines(file: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(file, 1):
        try:
            value = parse(line)
        except ValueError as error:
            raise BackupError(f"Line {number}: it is no JSON in UTF-8 ({error})") from error
        if not isinstance(value, dict):
            _refuse(number, "it is no object")
        yield number, value


def _refuse(number: int, why: str) -> NoReturn:
    raise BackupError(f"Line {number}: {why}")


def _read_header(lines: Iterator[Line]) -> dict[str, int]:
    """The last number of each table; BackupError for what this release does not read."""
    _, header = next(lines, (1, {}))
    if header.get("format") != FORMAT:
        _refuse(1, "this is no export of AsyncOps")
    if header.get("version") != VERSION:
        _refuse(1, f"it is of format version {header.get('version')}, and this release reads {VERSION}")
    if header.get("revision") != migrating.head():
        _refuse(
            1,
            f"it was made at revision {header.get('revision')}, and this release is at {migrating.head()}. "
            "Import it with the release that made it, then move on to this one",
        )
    sequences = header.get("sequences")
    wanted = {table.name for table in layouts().values() if table.numbered_by}
    if (
        not isinstance(sequences, dict)
        or set(sequences) != wanted
        or not all(type(last) is int and last >= 0 for last in sequences.values())
    ):
        _refuse(1, "its sequences are not those of this release's tables")
    return sequences


def _fill(session: Session, lines: Iterator[Line]) -> dict[str, int]:
    """Copy the rows, table by table, to the file's last line; gives how many by table."""
    tables = layouts()
    written = dict.fromkeys(tables, 0)
    done: set[str] = set()
    for name, rows in groupby(_rows(lines, tables, written), key=lambda row: row.table.name):
        _copy(session, rows, again=name in done)
        done.add(name)
    return written


def _rows(lines: Iterator[Line], tables: dict[str, Layout], counts: dict[str, int]) -> Iterator[Row]:
    """Every row of the file, counted; BackupError for a line that is none, and for a file that lacks its end."""
    number = 1
    for number, line in lines:
        if "rows" in line:
            if line != {"rows": counts}:
                _refuse(number, "the file has not the rows that its last line counts")
            for further, _ in lines:
                _refuse(further, "the file goes on after its end")
            return
        row = _row(number, line, tables)
        counts[row.table.name] += 1
        yield row
    raise BackupError(f"The file is cut off after line {number}: it lacks the line that counts its rows")


def _row(number: int, line: dict[str, Any], tables: dict[str, Layout]) -> Row:
    name, found = line.get("table"), line.get("row")
    if set(line) != {"table", "row"} or not isinstance(name, str) or not isinstance(found, dict):
        _refuse(number, "it is no row of a table")
    if (table := tables.get(name)) is None:
        _refuse(number, f"there is no table {name!r}")
    if unknown := sorted(set(found) - set(table.kinds)):
        _refuse(number, f"{name} has no column {unknown[0]!r}")
    if missing := sorted(set(table.kinds) - set(found)):
        _refuse(number, f"{name} wants the column {missing[0]!r}")
    return Row(number, table, [_value(number, table, column, found[column]) for column in table.kinds])


def _value(number: int, table: Layout, column: str, found: Any) -> Any:
    if found is None and column in table.nullable:
        return None
    try:
        return table.kinds[column].read(found)
    except ValueError as error:
        _refuse(number, f"{table.name}.{column} {error}")


def _copy(session: Session, rows: Iterator[Row], *, again: bool) -> None:
    """Write a table's rows in one statement, so that they may point to each other."""
    first = next(rows)
    if again:
        _refuse(first.number, f"the rows of {first.table.name} must stand together")
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(first.table.name), sql.SQL(", ").join(map(sql.Identifier, first.table.kinds))
    )
    try:
        with session.cursor() as cursor, cursor.copy(statement) as copy:
            for row in chain([first], rows):
                copy.write_row(row.values)
    except psycopg.Error as error:
        # PostgreSQL counts the lines that it got; a foreign key is looked at after all of them.
        within = re.match(r"COPY \w+, line (\d+)", error.diag.context or "")
        where = f"Line {first.number + int(within[1]) - 1}" if within else f"Table {first.table.name}"
        raise BackupError(f"{where}: {error.diag.message_primary or error}") from error


def _set_sequences(session: Session, sequences: dict[str, int]) -> None:
    """Go on numbering after the last row that there ever was."""
    for table in layouts().values():
        if table.numbered_by:
            last = max(sequences[table.name], last_number(session, table))
            if last:
                session.execute("SELECT setval(%s, %s)", (sequence_of(session, table), last))
