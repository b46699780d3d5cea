"""Restoring the application's database from a backup."""

from __future__ import annotations

from pathlib import Path

from asyncops import migrating
from asyncops.backup import archive, inventory
from asyncops.backup.archive import Manifest
from asyncops.backup.errors import BackupError
from asyncops.backup.inventory import Session
from asyncops.backup.loading import load
from asyncops.backup.server import Server

_OTHERS = """
    SELECT coalesce(nullif(application_name, ''), usename::text, 'a session') FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND usesysid IS NOT NULL
      AND coalesce(backend_type, 'client backend') = 'client backend'  -- of other accounts it is not told
    ORDER BY 1
"""


def restore(server: Server, path: Path, *, force: bool) -> Manifest:
    """Make the database what it was when the backup was made, and migrate it; needs an application context.

    BackupError, with the database as it was, for a damaged backup or one of a newer release; without `force` also
    where there is something to lose, or where others are connected.
    """
    with archive.read(path) as backup:
        manifest = backup.manifest
        if not migrating.knows(manifest.revision):
            raise BackupError(
                f"{path} was made by a newer release: this one does not know its revision {manifest.revision}. "
                "Restore it with that release, or a later one"
            )
        with server.connect() as session:
            hold_schema(session)
            if not force:
                _refuse_to_overwrite(session)
            load(server, session, backup, check=True)
            session.execute("ANALYZE")
    migrating.upgrade()  # the lock is let go of with the session: the migration takes it
    return manifest


def hold_schema(session: Session) -> None:
    """Keep migrations, restores and imports away until the session ends."""
    (mine,) = session.execute("SELECT pg_try_advisory_lock(%s)", (migrating.LOCK,)).fetchone() or (False,)
    if not mine:
        raise BackupError("A migration, a restore or an import is under way. Wait until it has ended")


def _refuse_to_overwrite(session: Session) -> None:
    if filled := inventory.has_rows(session):
        raise BackupError(
            f"The database is not empty: there are rows in {', '.join(filled[:5])}{' and others' * (len(filled) > 5)}. "  # noqa: PLR2004
            "Restoring replaces all of it. To do that, make a backup of it and say --force"
        )
    if others := [name for (name,) in session.execute(_OTHERS)]:
        raise BackupError(
            f"Others are connected to the database: {', '.join(sorted(set(others)))}. Stop web, worker and scheduler "
            "first. If these are not ours, say --force"
        )
