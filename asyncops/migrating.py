"""Bringing the database to this release's schema without holding anybody up, and what revisions need for that."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import flask_migrate
import structlog
from alembic import op
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from psycopg.errors import LockNotAvailable
from sqlalchemy.exc import OperationalError

from asyncops.connecting import require_own_session
from asyncops.errors import AppError
from asyncops.extensions import settings

log = structlog.get_logger(__name__)

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
LOCK = 0x5D51
"""The advisory lock of whoever changes the schema as a whole: one migration or restore at a time."""
LOCK_TIMEOUT = "3s"
"""How long a step waits for a table. Everybody who comes after it waits behind it, so it must not be long."""
PAUSES = (1, 2, 4, 8, 15, 30)
"""Seconds before each further try: long enough for a report or a backup to get on, all in all a minute."""


class TablesAreBusy(AppError):
    """Somebody held a lock through all the tries."""

    detail = (
        "Another session holds a lock that this migration needs, and did not let go of it in a minute. What was "
        "applied is whole, and the site was not held up. Look at pg_stat_activity for the session, then run this again"
    )


def upgrade(pauses: tuple[float, ...] = PAUSES) -> None:
    """Apply what is missing, in an application context; raises TablesAreBusy, and NeedsOwnSession behind a pooler.

    A step that has to wait for a table gives up after LOCK_TIMEOUT, so that the site goes on, and is tried again.
    """
    require_own_session(settings())  # its lock and its time limits are those of a session
    for pause in (*pauses, None):
        try:
            flask_migrate.upgrade(directory=str(FOLDER))
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            if pause is None:
                raise TablesAreBusy from error
            log.warning("migration_waits", seconds=pause)
            time.sleep(pause)
        else:
            return


@contextmanager
def concurrently() -> Iterator[None]:
    """In a revision: outside its transaction, for `CREATE INDEX CONCURRENTLY`, which waits long but blocks nobody.

    What came before it in the revision is committed. The revision runs again if it is killed here, so first drop what
    a killed run left: `op.drop_index(..., if_exists=True, postgresql_concurrently=True)`.
    """
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")
        yield
        op.execute(f"SET lock_timeout = '{LOCK_TIMEOUT}'")


def head() -> str:
    """The newest revision that this release knows."""
    found = _script().get_current_head()
    if found is None:
        raise RuntimeError("There are no revisions")
    return found


def knows(revision: str) -> bool:
    """Whether this release has that revision; it lacks those of a newer release."""
    try:
        return _script().get_revision(revision) is not None
    except CommandError:
        return False


@cache
def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER))
