"""The database server: sessions of our own, and PostgreSQL's programs of the server's own version."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import pq, sql
from sqlalchemy import Engine

from asyncops.backup.errors import BackupError
from asyncops.connecting import require_own_session
from asyncops.embedded import EmbeddedError, postgres_binary
from asyncops.extensions import db, settings
from asyncops.sessions import REPLICA

CONNECT_SECONDS = 10
SESSION = (
    "SET TimeZone = 'UTC'",
    "SET statement_timeout = 0",
    "SET idle_in_transaction_session_timeout = 0",  # it waits for a program meanwhile
    "SET idle_session_timeout = 0",
)
DROP_TRIES = 6
"""PostgreSQL gives the sessions of a database that is dropped five seconds to end: little on a busy machine."""
MAJOR = 10_000
"""`server_version_num` counts minor versions up to here."""


@dataclass(frozen=True, slots=True)
class Server:
    """How to reach one database, in libpq's words; a password may be among them."""

    parameters: Mapping[str, Any]

    @classmethod
    def of_application(cls) -> Server:
        """The application's database; needs an application context. Refused where sessions are shared."""
        require_own_session(settings())
        return cls._of(db.engine)

    @classmethod
    def of_replica(cls) -> Server:
        """The replica of it; only where there is one."""
        return cls._of(db.engines[REPLICA])

    @classmethod
    def _of(cls, engine: Engine) -> Server:
        _, parameters = engine.dialect.create_connect_args(engine.url)
        return cls({name: value for name, value in parameters.items() if isinstance(value, str | int)})

    def of(self, database: str) -> Server:
        """Another database of the same server."""
        return Server({**self.parameters, "dbname": database})

    @contextmanager
    def connect(self) -> Iterator[psycopg.Connection[Any]]:
        """A session that ends with the block, outside of a transaction; BackupError for what it does not do."""
        given = {"connect_timeout": CONNECT_SECONDS, **self.parameters, "application_name": "asyncops backup"}
        try:
            with _interrupts_later():
                connection = psycopg.connect(**given, autocommit=True, prepare_threshold=None)
        except psycopg.OperationalError as error:
            raise BackupError(f"The database can't be reached: {str(error).splitlines()[0]}") from error
        try:
            with connection:
                for statement in SESSION:
                    connection.execute(statement)
                yield connection
        except psycopg.Error as error:
            raise BackupError(f"The database did not do it: {str(error).splitlines()[0]}") from error

    def environment(self) -> dict[str, str]:
        """For PostgreSQL's programs. Not their command line: that is for all to see, and there may be a password."""
        options = {option.keyword.decode(): option for option in pq.Conninfo.get_defaults()}
        variables = {name: option.envvar.decode() for name, option in options.items() if option.envvar}
        for name in set(self.parameters) - set(variables):  # the others of these are about a network that is slow
            if name in options and options[name].dispchar == b"*":
                raise BackupError(
                    "PostgreSQL's programs take no password on their command line, which is for all to see: "
                    f"they can't be given {name}, which is in DATABASE_URL"
                )
        given = {variables[name]: str(value) for name, value in self.parameters.items() if name in variables}
        # What a service names would win over these, and may be another database.
        inherited = {name: value for name, value in os.environ.items() if name != "PGSERVICE"}
        return {**inherited, "LC_ALL": "C", "PGAPPNAME": "asyncops backup", **given}


@contextmanager
def _interrupts_later() -> Iterator[None]:
    """Half a session that an interrupt left behind would keep DROP DATABASE waiting until the server gives it up."""
    if threading.current_thread() is not threading.main_thread():  # no other is interrupted
        yield
        return
    came: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda number, _frame: came.append(number)) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for late in came:
            signal.raise_signal(late)


def drop_database(session: psycopg.Connection[Any], name: str) -> None:
    """Drop it, if it is there, and end the sessions in it that our role may end.

    WITH (FORCE) would be refused while autovacuum is at work there: that is a superuser's. Dropping plainly ends it.
    """
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name))
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pg_has_role(usesysid, 'USAGE')"
    for tries_left in reversed(range(DROP_TRIES)):
        session.execute(end, (name,))
        try:
            session.execute(statement)
        except psycopg.errors.ObjectInUse:
            if not tries_left:
                raise
        else:
            return


def major_version(connection: psycopg.Connection[Any]) -> int:
    """The server's, such as 18."""
    return connection.info.server_version // MAJOR


def program(name: str, major: int) -> Path:
    """PostgreSQL's `pg_dump`, `pg_restore` or `psql` of that major version; BackupError says what to install.

    An older one refuses the server, and what a newer one writes an older server may not read.
    """
    found = {}
    for path in _candidates(name, major):
        version = _major_of(path)
        if version == major:
            return path
        found[version] = path
    seen = ", ".join(f"{path} is of {version}" for version, path in found.items())
    raise BackupError(
        f"The server is PostgreSQL {major}, and its {name} is needed{f'; {seen}' if seen else ''}. Install the client "
        f"programs of version {major} (Debian: postgresql-client-{major}) so that {name} is on the PATH"
    )


def _candidates(name: str, major: int) -> Iterator[Path]:
    with suppress(EmbeddedError):  # production has no servers of its own
        yield postgres_binary(name)
    if on_path := shutil.which(name):
        yield Path(on_path)
    beside = Path(f"/usr/lib/postgresql/{major}/bin/{name}")  # where Debian keeps several
    if beside.is_file():
        yield beside


def _major_of(path: Path) -> int | None:
    try:
        said = subprocess.run([path, "--version"], capture_output=True, text=True, check=True, timeout=10).stdout
    except (OSError, subprocess.SubprocessError):
        return None
    version = re.search(r"(\d+)(\.\d+|devel|beta\d+|rc\d+)", said)
    return int(version[1]) if version else None
