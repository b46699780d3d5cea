"""What all tests share: real PostgreSQL and Valkey for each test process, the application, people and their clients.

Tests speak to the API; commits really run. After each test all tables and the queue are emptied.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from weakref import WeakSet, finalize

import flask_migrate
import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import SimpleWorker
from sqlalchemy import Engine

from asyncops.app import create_app
from asyncops.config import Settings
from asyncops.database import Model
from asyncops.database_metrics import PING
from asyncops.embedded import EmbeddedError, Services, services
from asyncops.embedded.running import lock
from asyncops.extensions import db, limiter, redis_client
from asyncops.jobs import enqueue_after_commit, runner
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.serializer import JSONSerializer
from asyncops.transaction import unit_of_work
from modules.identity import service as identity
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent
PASSWORD = "correct-horse-1"
PREFIX = "asyncops-test-"


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Nothing in a test may leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6} and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"A test wanted to connect to {address}")
        return connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def servers() -> Iterator[Services]:
    _remove_what_killed_runs_left()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as folder, services(Path(folder), durable=False) as found:
        yield found


def _remove_what_killed_runs_left() -> None:
    # Their servers ended with them; only the folders stay. A running test process holds a lock on its own.
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(EmbeddedError, FileNotFoundError):
            if time.time() - folder.stat().st_mtime > 3600:
                with lock(folder):
                    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def environment(servers: Services, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A complete, valid environment: the smallest that starts."""
    return {
        "DATABASE_URL": servers.database_url,
        "REDIS_URL": servers.redis_url,
        "SECRET_KEY": "tests-8f1c2b7d4a9e6053-link-key-0",
        "JWT_SECRET_KEY": "tests-3e9a5d0b7c4f8126-token-key-0",
        "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
        "BCRYPT_ROUNDS": "4",
        "LOG_LEVEL": "INFO",
        "DATA_DIR": str(tmp_path_factory.mktemp("data")),
    }


@pytest.fixture(scope="session")
def make_app(environment: dict[str, str]) -> Iterator[Callable[..., Flask]]:
    """Build an application with other settings than the usual ones."""
    usual = []

    def make(**changed: str) -> Flask:
        app = create_app(Settings.from_environment(environment | changed))
        (UNUSUAL.add if changed else usual.append)(app)
        with app.app_context():
            finalize(app, _let_go, list(db.engines.values()), redis_client()).atexit = False
        return app

    yield make
    for app in usual:
        _close(app)


UNUSUAL = WeakSet[Flask]()
"""Applications with settings of their own. There are many, and PostgreSQL has a hundred connections."""


@pytest.fixture(autouse=True)
def _few_connections() -> Iterator[None]:
    yield
    for app in list(UNUSUAL):
        _close(app)


def _close(app: Flask) -> None:
    with app.app_context():
        _let_go(list(db.engines.values()), redis_client())


def _let_go(engines: list[Engine], client: Redis) -> None:
    for engine in engines:
        if engine.pool.checkedin():
            engine.dispose()
    client.close()


@pytest.fixture(scope="session")
def _schema(make_app) -> None:
    app = make_app()
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))


@pytest.fixture(scope="session")
def app(make_app, _schema) -> Flask:
    return make_app()


@pytest.fixture(scope="session")
def _limiter_of_app(app) -> dict[str, Any]:
    return dict(vars(limiter))


@pytest.fixture(scope="session")
def _cleaner(servers: Services) -> Iterator[psycopg.Connection]:
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture(autouse=True)
def _clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """Empty the database and the queue after a test that used them."""
    if "servers" not in request.fixturenames:
        yield
        return
    app: Flask = request.getfixturevalue("app")
    limiter_of_app = request.getfixturevalue("_limiter_of_app")
    cleaner: psycopg.Connection = request.getfixturevalue("_cleaner")
    yield
    # A few rows: deleting them costs a tenth of TRUNCATE, which makes new files for every table and index.
    deletes = [f"DELETE FROM {table.name}" for table in reversed(Model.metadata.sorted_tables)]
    # The ledger refuses to be emptied; only its owner can switch that off.
    guard = "ALTER TABLE activity {} TRIGGER append_only_rows"
    cleaner.execute("; ".join([guard.format("DISABLE"), *deletes, guard.format("ENABLE ALWAYS")]))
    with app.app_context():
        redis_client().flushdb()
    vars(limiter).update(limiter_of_app)  # one object for all applications: the last one made has configured it


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Nobody: no token, no cookies."""
    return app.test_client(use_cookies=False)


@pytest.fixture
def make_user(app: Flask) -> Callable[..., Any]:
    """Make an account and give its row."""
    number = 0

    def make(full_name: str = "", *, role: str = "member", email: str = "") -> Any:
        nonlocal number
        number += 1
        with app.app_context(), unit_of_work():
            return identity.create_account(
                email=email or f"person-{number}@example.org",
                password=PASSWORD,
                full_name=full_name or f"Person {number}",
                role=role,
            )

    return make


@pytest.fixture
def admin(make_user):
    return make_user("Ada Admin", role="admin", email="ada@example.org")


@pytest.fixture
def member(make_user):
    return make_user("Max Member", email="max@example.org")


@pytest.fixture
def other(make_user):
    return make_user("Olga Other", email="olga@example.org")


@pytest.fixture
def sign_in(app: Flask) -> Callable[[Any], FlaskClient]:
    """A client that sends the person's token."""

    def sign_in(user: Any) -> FlaskClient:
        client = app.test_client(use_cookies=False)
        answer = client.post("/api/auth/login", json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.json
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
        return client

    return sign_in


@pytest.fixture
def browser(app: Flask) -> Callable[[Any], FlaskClient]:
    """A client that keeps cookies and sends the CSRF header, as the single-page application does."""

    def sign_in(user: Any) -> FlaskClient:
        client = app.test_client()
        answer = client.post("/api/auth/login", json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.json
        cookie = client.get_cookie("csrf_access_token")
        assert cookie is not None
        client.environ_base["HTTP_X_CSRF_TOKEN"] = cookie.value
        return client

    return sign_in


@pytest.fixture
def logged(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What was written to standard output by the logs since the test began."""
    (handler,) = [found for found in logging.getLogger().handlers if type(found) is logging.StreamHandler]
    monkeypatch.setattr(handler, "stream", stream := io.StringIO())
    return stream.getvalue


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """The statements that this process sends to databases, with their values. Tests clear it."""
    seen: list[tuple[str, Any]] = []

    def noted(run: Callable[..., Any]) -> Callable[..., Any]:
        def note(cursor: Any, query: Any, *values: Any, **options: Any) -> Any:
            if query != PING and threading.current_thread().name != "database-look":  # nobody asked for that one
                seen.append((str(query), *values))
            return run(cursor, query, *values, **options)

        return note

    for name in ("execute", "executemany"):
        monkeypatch.setattr(psycopg.Cursor, name, noted(getattr(psycopg.Cursor, name)))
    return seen


@pytest.fixture
def work(app: Flask) -> Callable[..., None]:
    """Let a real RQ worker, in this process, empty the queues; for another application if one is given."""

    def work(served: Flask = app) -> None:
        runner.bind(served)
        with app.app_context():
            connection = redis_client()
        queues = [queue_named(name, connection) for name in QUEUES]
        worker = SimpleWorker(queues, connection=connection, serializer=JSONSerializer)
        worker.work(burst=True, logging_level="WARNING")

    return work


@pytest.fixture
def enqueue(app: Flask) -> Callable[..., None]:
    """Enqueue a job as a unit of work would."""

    def enqueue(name: str, *ids: int | str) -> None:
        with app.app_context(), unit_of_work():
            enqueue_after_commit(name, *ids)

    return enqueue


@pytest.fixture
def sweep(enqueue: Callable[..., None], work: Callable[..., None]) -> Callable[[], None]:
    """Let the minute's look at the outbox happen, and all that it hands out."""

    def sweep() -> None:
        enqueue("outbox.send_due")
        work()

    return sweep


@pytest.fixture
def mails(app, environment):
    """The mails written since the test began; `mails.clear()` throws them away."""
    folder = Path(environment["DATA_DIR"]) / "mail"

    def mails():
        return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in folder.glob("*.eml")]

    def clear():
        for path in folder.glob("*.eml"):
            path.unlink()

    mails.clear = clear
    clear()
    return mails


@pytest.fixture
def text_of():
    """The plain text of a mail."""

    def text_of(mail):
        return mail.get_body(("plain",)).get_content()

    return text_of


@pytest.fixture
def sql(app):
    """Look at or change what no route shows."""

    def sql(statement, **values):
        with app.app_context(), unit_of_work():
            result = db.session.execute(db.text(statement), values)
            return result.scalar() if result.returns_rows else None

    return sql


@pytest.fixture
def lose_redis(app):
    """Throw away all that Redis holds."""

    def lose_redis():
        with app.app_context():
            redis_client().flushdb()

    return lose_redis


@pytest.fixture
def while_held(app):
    """Hold the locks of a statement until several acts all wait for a lock, then let go; gives their results.

    So they are known to have begun before any of them is through.
    """

    def while_held(statement, *acts, **values):
        waiting = db.text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        with ThreadPoolExecutor(len(acts)) as pool:
            with app.app_context(), db.engine.begin() as connection:
                connection.execute(db.text(statement), values)
                pending = [pool.submit(act) for act in acts]
                eventually(lambda: connection.scalar(waiting) >= len(acts), "all to wait")
            return [act.result() for act in pending]

    return while_held


@pytest.fixture
def disk(environment):
    """A mail folder that can be blocked: a file stands where it should be."""
    folder = Path(environment["DATA_DIR"]) / "mail"
    aside = folder.with_name("mail-aside")

    class Disk:
        def block(self):
            if folder.is_dir():
                folder.rename(aside)
            folder.write_text("in the way")

        def mend(self):
            folder.unlink()
            if aside.is_dir():
                aside.rename(folder)

    disk = Disk()
    yield disk
    if folder.is_file():
        disk.mend()


def pytest_configure() -> None:
    # A shell's background job ignores Ctrl-C, and so would every process that is tested.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    hypothesis.settings.load_profile("ci")  # the same examples each time, however long one takes
    # Settings of the person who runs the tests must not leak into them.
    for name in (
        "ASYNCOPS_ENV",
        "DATABASE_URL",
        "DATABASE_PREPARED",
        "DATABASE_REPLICA_URL",
        "REDIS_URL",
        "SECRET_KEY",
        "JWT_SECRET_KEY",
        "ENCRYPTION_KEY",
        "DATA_DIR",
        "SMTP_URL",
    ):
        os.environ.pop(name, None)
