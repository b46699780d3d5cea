"""Writing the whole workspace as JSON lines, as it stands at one moment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import orjson
import structlog
from psycopg import sql

from asyncops import migrating
from asyncops.backup.errors import BackupError
from asyncops.backup.files import whole_file
from asyncops.backup.inventory import Session, take
from asyncops.backup.layout import FORMAT, VERSION, Layout, layouts
from asyncops.backup.server import Server
from asyncops.replica import PRIMARY_SAYS, find_replica

log = structlog.get_logger(__name__)

ROWS_AT_ONCE = 1000


def export(server: Server, path: Path) -> dict[str, int]:
    """Write all rows to `path`, which must not be there yet; gives how many by table. BackupError leaves nothing."""
    with server.connect() as session:
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        refuse_another_revision(session)
        with whole_file(path) as file:
            return _write(session, file)


def export_from_either(server: Server, path: Path) -> tuple[dict[str, int], bool]:
    """As `export`, from the replica where there is one that has all that is saved by now; tells whether it was that.

    It need not be asked nicely: what it does not manage, the primary does.
    """
    if _follows(server):
        try:
            return export(Server.of_replica(), path), True
        except BackupError as error:
            if path.exists():  # the file was the trouble, or is whole
                raise
            log.warning("replica_export_failed", error=str(error))
    return export(server, path), False


def _follows(server: Server) -> bool:
    """Whether the replica has, within some seconds, all that the primary has written by now."""
    replica = find_replica()
    if replica is None:
        return False
    with server.connect() as session:
        system, position = session.execute(PRIMARY_SAYS).fetchone() or (0, 0)
    return replica.catches_up((int(system), int(position)))


def refuse_another_revision(session: Session) -> None:
    """BackupError unless the database is at this release's own revision."""
    revision = take(session).revision
    if revision != migrating.head():
        raise BackupError(
            f"The database is at revision {revision}, and this release is at {migrating.head()}. "
            "Run `asyncops migrate`, or use the release that the database belongs to"
        )


def _write(session: Session, file: IO[bytes]) -> dict[str, int]:
    tables = layouts()
    sequences = {table.name: last_number(session, table) for table in tables.values() if table.numbered_by}
    _line(file, {"format": FORMAT, "version": VERSION, "revision": migrating.head(), "sequences": sequences})
    rows = dict.fromkeys(tables, 0)
    for table in tables.values():
        for row in _rows(session, table):
            _line(file, {"table": table.name, "row": row})
            rows[table.name] += 1
    _line(file, {"rows": rows})
    return rows


def _line(file: IO[bytes], value: Any) -> None:
    file.write(orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE))


def _rows(session: Session, table: Layout) -> Iterator[dict[str, Any]]:
    statement = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(
        sql.SQL(", ").join(sql.SQL(kind.select).format(sql.Identifier(name)) for name, kind in table.kinds.items()),
        sql.Identifier(table.name),
        sql.SQL(", ").join(
            sql.SQL('{} COLLATE "C"' if is_text else "{}").format(sql.Identifier(name)) for name, is_text in table.key
        ),
    )
    kinds = list(table.kinds.items())
    with session.cursor(name="export") as cursor:
        cursor.itersize = ROWS_AT_ONCE
        cursor.execute(statement)
        for row in cursor:
            yield {
                name: None if value is None else kind.write(value)
                for (name, kind), value in zip(kinds, row, strict=True)
            }


def last_number(session: Session, table: Layout) -> int:
    """The highest number ever given to a row: a row that is gone keeps its number, for its history's sake."""
    sequence = sequence_of(session, table)
    statement = sql.SQL(
        "SELECT greatest((SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}), (SELECT max({}) FROM {}), 0)"
    ).format(sql.SQL(sequence), sql.Identifier(table.numbered_by or ""), sql.Identifier(table.name))
    (last,) = session.execute(statement).fetchone() or (0,)
    return int(last)


def sequence_of(session: Session, table: Layout) -> str:
    """The name of the sequence that numbers a table, quoted."""
    (name,) = session.execute("SELECT pg_get_serial_sequence(%s, %s)", (table.name, table.numbered_by)).fetchone() or (
        None,
    )
    if name is None:
        raise BackupError(f"Nothing numbers the rows of {table.name}: the database is not as the migrations made it")
    return str(name)
