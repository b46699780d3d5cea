"""A PostgreSQL with a streaming replica, out of the wheel."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM

import psycopg

from asyncops.embedded import postgres_binary, services
from asyncops.embedded.account import own_folder
from asyncops.embedded.child import spawn
from asyncops.embedded.postgres import ROLE, Postgres, _environment

RIGHTS = f"""ALTER ROLE {ROLE} REPLICATION;
ALTER ROLE {ROLE} SET synchronous_commit = on;
GRANT EXECUTE ON FUNCTION pg_wal_replay_pause(), pg_wal_replay_resume() TO {ROLE};
"""


class Standby(Postgres):
    """The embedded server, following another one."""

    def answers(self) -> bool:
        """Whether it takes sessions; its status file says "standby" instead of "ready"."""
        try:
            psycopg.connect(self.libpq, connect_timeout=10).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def libpq(self) -> str:
        return self.url.replace("+psycopg", "")

    def ask(self, statement: str):
        with psycopg.connect(self.libpq, autocommit=True) as connection:
            row = connection.execute(statement).fetchone()
            return row and row[0]

    def pause(self) -> None:
        self.ask("SELECT pg_wal_replay_pause()")
        while self.ask("SELECT pg_get_wal_replay_pause_state()") != "paused":
            pass

    def resume(self) -> None:
        with suppress(psycopg.errors.SerializationFailure):  # what it replays then may cancel the statement that let it
            self.ask("SELECT pg_wal_replay_resume()")


@dataclass
class Pair:
    primary: Postgres
    standby: Standby
    redis_url: str

    def catch_up(self) -> None:
        """Wait until the standby has what was written by now."""
        with psycopg.connect(self.primary.url.replace("+psycopg", ""), autocommit=True) as connection:
            (position,) = connection.execute("SELECT pg_current_wal_lsn()").fetchone()
        while not self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{position}'"):
            pass


@contextmanager
def pair(folder: Path) -> Iterator[Pair]:
    """A primary, a standby that follows it, and a Redis-compatible server."""
    with services(folder / "primary", durable=False) as found:
        primary = found.postgres
        _let_replicate(primary)
        standby = Standby(folder / "standby", primary.password, durable=False)
        _copy(primary, standby)
        standby.start()
        try:
            yield Pair(primary, standby, found.redis_url)
        finally:
            standby.stop()


def _let_replicate(primary: Postgres) -> None:
    primary.stop()
    account = own_folder(primary.folder, postgres_binary("postgres"))
    primary._run(account, "postgres", ["--single", "-D", primary.folder, "-c", "exit_on_error=on", ROLE], RIGHTS)
    with (primary.folder / "pg_hba.conf").open("a") as file:
        file.write(f"host replication {ROLE} 127.0.0.1/32 scram-sha-256\n")
    primary.start()


def _copy(primary: Postgres, standby: Standby) -> None:
    standby.data_dir.mkdir()
    program = postgres_binary("pg_basebackup")
    account = own_folder(standby.folder, program)
    copying = spawn(
        [
            *(program, "--host=127.0.0.1", f"--port={primary.port}", f"--username={ROLE}", "-D", standby.folder),
            *("--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"),
        ],
        death_signal=SIGTERM,
        env={**_environment(), "PGPASSWORD": primary.password},
        account=account,
        cwd=Path("/"),
        stdout=subprocess.PIPE,
    )
    said, _ = copying.communicate(timeout=60)
    assert copying.returncode == 0, said
