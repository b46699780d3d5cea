"""Putting a backup into a database in one transaction: all of it, or nothing has changed.

pg_restore turns the dump into statements and psql carries them out. Its own `--single-transaction` could not take away
what a newer release has added, so the frame is ours: BEGIN and the removal of what is there come first, and COMMIT is
written only when pg_restore has ended well. If anything is killed on the way, psql sees the end of its input within an
open transaction, and the server rolls it back.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO

from psycopg import sql

from asyncops.backup.archive import Archive
from asyncops.backup.dumping import end, said
from asyncops.backup.errors import BackupError
from asyncops.backup.inventory import Session
from asyncops.backup.server import Server, major_version, program

_REMOVALS = """
    WITH found AS (
        SELECT c.oid, c.tableoid AS catalog, c.relname AS name, '' AS arguments,
               CASE c.relkind WHEN 'v' THEN '2 VIEW' WHEN 'm' THEN '3 MATERIALIZED VIEW' WHEN 'S' THEN '4 SEQUENCE'
                              ELSE '1 TABLE' END AS kind
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
        UNION ALL
        SELECT p.oid, p.tableoid, p.proname, format('(%s)', pg_get_function_identity_arguments(p.oid)), '5 ROUTINE'
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = current_schema()
        UNION ALL
        SELECT t.oid, t.tableoid, t.typname, '', '6 TYPE'
        FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
        WHERE n.nspname = current_schema() AND t.typtype IN ('e', 'd')
    )
    SELECT format('DROP %s IF EXISTS %I.%I%s CASCADE', substr(kind, 3), current_schema(), name, arguments) FROM found
    WHERE NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = found.oid AND d.classid = catalog AND d.deptype = 'e')
    ORDER BY kind, name
"""
"""Statements that remove what the schema holds. The schema itself and extensions stay: a provider may own them."""


def load(server: Server, session: Session, archive: Archive, *, check: bool) -> None:
    """Replace what the schema of the database holds by the backup; with `check`, only if every count is as recorded.

    BackupError leaves the database as it was. `session` is one to the same database, outside of a transaction.
    """
    manifest = archive.manifest
    major = major_version(session)
    if manifest.postgresql > major:
        raise BackupError(
            f"{archive.path} was made on PostgreSQL {manifest.postgresql}, and this server is PostgreSQL {major}. "
            "Restore it to a server that is not older"
        )
    (schema,) = session.execute("SELECT current_schema()").fetchone() or ("",)
    if schema != manifest.schema:
        raise BackupError(f"{archive.path} is of the schema {manifest.schema}, and this database uses {schema}")
    checks = _checks(session, schema, manifest.rows) if check else []
    client: list[str | Path] = [
        program("psql", major),
        "--no-psqlrc",
        "--quiet",
        "--no-password",
        "--set=ON_ERROR_STOP=1",
        "--output=/dev/null",
    ]
    reader: list[str | Path] = [
        program("pg_restore", major),
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        f"--schema={schema}",
        "--file=-",
    ]
    read_to_the_end = False
    with tempfile.TemporaryFile() as of_client, tempfile.TemporaryFile() as of_reader:
        process = subprocess.Popen(client, env=server.environment(), stdin=subprocess.PIPE, stderr=of_client)
        try:
            statements = _pipe(process)
            with suppress(BrokenPipeError):  # psql ended early: its exit code and its complaints say why
                quiet = "SET LOCAL client_min_messages = warning"
                _write(statements, ["BEGIN", quiet, *(row[0] for row in session.execute(_REMOVALS))])
                read_to_the_end = _copy(archive, reader, statements, of_reader)
                if read_to_the_end:
                    _write(statements, [*checks, "COMMIT"])
                statements.close()
            ended = process.wait()
        finally:
            end(process)
        if ended != 0:
            raise BackupError(f"The restore failed, and the database is as it was: {said(of_client)}")
        if not read_to_the_end:
            raise BackupError(f"The restore failed, and the database is as it was: {said(of_reader)}")


def _write(to: IO[bytes], statements: Iterable[str]) -> None:
    to.write("".join(f"{statement};\n" for statement in statements).encode())
    to.flush()


def _copy(archive: Archive, reader: list[str | Path], statements: IO[bytes], complaints: IO[bytes]) -> bool:
    """Let pg_restore write the dump's statements; whether it came to the dump's end."""
    process = subprocess.Popen(reader, stdin=subprocess.PIPE, stdout=statements, stderr=complaints)
    try:
        with suppress(BrokenPipeError):  # as its exit code says
            archive.copy_dump(_pipe(process))
            _pipe(process).close()
        return process.wait() == 0
    finally:
        end(process)


def _pipe(process: subprocess.Popen[bytes]) -> IO[bytes]:
    if process.stdin is None:
        raise RuntimeError("It was started without a pipe")
    return process.stdin


def _checks(session: Session, schema: str, rows: dict[str, int]) -> list[str]:
    """Statements that fail where a table has not as many rows as were recorded."""
    found = []
    for table, count in rows.items():
        body = sql.SQL("BEGIN IF (SELECT count(*) FROM {}) <> {} THEN RAISE EXCEPTION USING MESSAGE = {}; END IF; END")
        filled = body.format(
            sql.Identifier(schema, table), count, f"{table} has not the {count} rows that were recorded"
        )
        found.append(sql.SQL("DO {}").format(filled.as_string(session)).as_string(session))
    return found
