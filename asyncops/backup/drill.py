"""Trying a backup out: it is restored into a database of its own, looked at, and that database is dropped."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from asyncops.backup import archive, inventory
from asyncops.backup.archive import Manifest
from asyncops.backup.errors import BackupError
from asyncops.backup.inventory import Inventory, Session
from asyncops.backup.loading import load
from asyncops.backup.server import Server, drop_database
from asyncops.database import Model

LOCK = 0x5D52
"""The advisory lock of the one drill at a time, so that a leftover can be told from a drill at work."""


@dataclass(frozen=True, slots=True)
class Report:
    """What was recorded in the backup, what came back, and what is wrong with it; no problem: it can be relied on."""

    manifest: Manifest
    restored: Inventory
    problems: list[str]


def drill(server: Server, path: Path) -> Report:
    """Restore the backup beside the live database, which is only asked for its name; needs no application context.

    BackupError if it can't be restored at all.
    """
    with archive.read(path) as backup, server.connect() as live, _throwaway(server, live) as name:
        copy = server.of(name)
        with copy.connect() as session:
            load(copy, session, backup, check=False)
            found = inventory.take(session)
            return Report(backup.manifest, found, _problems(session, backup.manifest, found))


def _problems(session: Session, manifest: Manifest, found: Inventory) -> list[str]:
    counts = {
        table: (manifest.rows.get(table), found.rows.get(table)) for table in sorted({*manifest.rows, *found.rows})
    }
    recorded, restored = set(manifest.objects), set(found.objects)
    guarded = [name for name, table in Model.metadata.tables.items() if table.info.get("append_only")]
    return [
        *(
            f"{table} has {_or_no(back)} rows, and {_or_no(was)} were recorded."
            for table, (was, back) in counts.items()
            if was != back
        ),
        *(f"{name} is missing." for name in sorted(recorded - restored)),
        *(f"{name} was not recorded." for name in sorted(restored - recorded)),
        *(f"{name}: rows may be there that break it." for name in found.objects if name.endswith("NOT VALID")),
        *(
            f"{table} is not append-only: a trigger is missing or switched off."
            for table in guarded
            if table in found.rows and not inventory.is_guarded(session, table)
        ),
        *([] if found.revision == manifest.revision else [f"It is at revision {found.revision}."]),
    ]


def _or_no(count: int | None) -> str:
    return "no" if count is None else str(count)


@contextmanager
def _throwaway(server: Server, live: Session) -> Iterator[str]:
    """An empty database beside the live one, dropped at the end; what a killed drill left goes first."""
    (mine, number) = live.execute(
        "SELECT pg_try_advisory_lock(%s), (SELECT oid FROM pg_database WHERE datname = current_database())", (LOCK,)
    ).fetchone() or (False, 0)
    if not mine:
        raise BackupError("Another drill is under way on this database. Wait until it has ended")
    prefix = f"asyncops_drill_{number}_"
    for (left,) in live.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,)).fetchall():
        drop_database(live, left)
    name = prefix + secrets.token_hex(4)
    try:
        live.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(sql.Identifier(name)))
        yield name
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError(
            "This account may not create databases, and a drill needs one. As an administrator of the server: "
            "ALTER ROLE the_account CREATEDB; or drill on another server"
        ) from error
    finally:
        # In a session of its own: an interrupt may have come in the middle of CREATE DATABASE.
        with server.connect() as session:
            drop_database(session, name)
