"""The shipped processes, real ones, against the test's own servers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis

from asyncops.embedded.child import signal_group, spawn
from tests.faults.lab import Lab, lab
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Lab]:
    """One for all the tests of a process: it takes some seconds to build."""
    with lab() as found:
        yield found


@pytest.fixture
def start(environment, app, tmp_path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a process of the Procfile; all are ended, and their children too, when the test is over."""
    started = []

    def start(name: str, **changed: str) -> subprocess.Popen[bytes]:
        command = ["gunicorn", "wsgi:app"] if name == "web" else ["asyncops.cli", name]
        log = (tmp_path / f"{name}-{len(started)}.log").open("wb")
        process = spawn(
            [sys.executable, "-m", *command],
            death_signal=signal.SIGKILL,
            env={"PATH": os.environ["PATH"], **environment, **changed},
            cwd=ROOT,
            stdout=log,
        )
        log.close()
        started.append(process)
        return process

    yield start
    for process in started:
        signal_group(process, signal.SIGKILL)
        process.wait()


@pytest.fixture
def queue(environment) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(environment["REDIS_URL"]) as connection:
        yield connection


@pytest.fixture
def workers_ready(queue) -> Callable[[int], None]:
    """Wait for so many workers that listen."""

    def wait(number: int) -> None:
        def idle() -> bool:
            states = [queue.hget(key, "state") for key in queue.smembers("rq:workers")]
            return states.count(b"idle") >= number

        eventually(idle, f"{number} idle workers")

    return wait


@pytest.fixture
def hurry(queue) -> Callable[[str], None]:
    """Make a clock entry due now, instead of at the next full minute."""

    def hurry(job: str) -> None:
        key = "rq:scheduler:scheduled_jobs"
        entry = "clock-" + job.replace(".", "-")
        eventually(lambda: queue.zadd(key, {entry: 1}, xx=True, ch=True) or None, f"the entry of {job}")

    return hurry


@pytest.fixture
def sql(environment) -> Iterator[Callable[..., list[Any]]]:
    """Ask the database directly, in a connection of its own."""
    url = environment["DATABASE_URL"].replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True, options="-c statement_timeout=60s") as connection:

        def ask(statement: str, *values: Any) -> list[Any]:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

        yield ask


@pytest.fixture
def stuck(sql) -> Callable[[int], None]:
    """Wait until so many backends are in the middle of a summary."""

    def wait(number: int) -> None:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        eventually(lambda: sql(waiting)[0][0] >= number, f"{number} blocked summaries")

    return wait


@pytest.fixture
def hold(environment) -> Iterator[Callable[[str], Callable[[], None]]]:
    """Take a table lock until the given function is called."""
    with psycopg.connect(environment["DATABASE_URL"].replace("+psycopg", "")) as connection:

        def hold(lock: str) -> Callable[[], None]:
            connection.execute(f"LOCK TABLE {lock}")
            return connection.rollback

        yield hold


@dataclass(frozen=True)
class Message:
    """The one row of a table of the outbox, and the job that sends it."""

    table: str
    job: str
    sql: Callable[..., list[Any]]
    enqueue: Callable[..., None]

    def hand_out(self) -> None:
        """Give it to its job."""
        ((row_id,),) = self.sql(f"SELECT id FROM {self.table}")
        self.enqueue(self.job, row_id)

    def state(self) -> tuple[int, bool, bool]:
        """How many attempts there were, whether it was sent, whether it is still to be sent."""
        return self.sql(f"SELECT attempts, sent_at IS NOT NULL, due_at IS NOT NULL FROM {self.table}")[0]

    def assert_waits(self) -> None:
        """Nothing is left of whoever had it in hand, and it is as it was before."""
        in_use = f"SELECT count(*) FROM pg_locks WHERE relation = '{self.table}'::regclass"
        eventually(lambda: self.sql(in_use)[0][0] == 0, "the killed one's locks to be gone")
        assert self.state() == (0, False, True)


@pytest.fixture
def message(request, sql, enqueue) -> Message:
    """Of the module's OUTBOX: its table, and its job."""
    return Message(*request.module.OUTBOX, sql, enqueue)
