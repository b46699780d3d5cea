"""Databases of their own on the tests' server, and the command line as an operator types it."""

import os
import secrets
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from asyncops.backup.errors import BackupError
from asyncops.backup.exporting import export
from asyncops.backup.importing import import_
from asyncops.backup.server import Server, drop_database

ROOT = Path(__file__).parents[2]


class Database:
    """One database of the tests' server."""

    def __init__(self, url):
        self.url = url
        self.psycopg_url = url.replace("+psycopg", "")

    def connect(self, **how):
        return psycopg.connect(self.psycopg_url, **how)

    def execute(self, statement, *values):
        with self.connect() as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else None

    def value(self, statement, *values):
        ((found,),) = self.execute(statement, *values)
        return found


@pytest.fixture(scope="session")
def make_database(servers):
    """Make a database, empty or a copy of another one; all are dropped at the end."""
    admin_url = servers.database_url.replace("+psycopg", "")
    with psycopg.connect(admin_url, autocommit=True) as admin, ExitStack() as at_end:

        def make(template="template0"):
            name = f"test_{secrets.token_hex(4)}"
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
            at_end.callback(drop_database, admin, name)
            return Database(servers.database_url.rpartition("/")[0] + f"/{name}")

        yield make


@pytest.fixture
def empty(make_database):
    """A database without a table."""
    return make_database()


@pytest.fixture(scope="session")
def command(environment):
    """The program and the environment for a command on a database."""

    def command(database, *arguments, **changed):
        variables = {"PATH": os.environ["PATH"], **environment, "DATABASE_URL": database.url, **changed}
        return {"args": [sys.executable, "-m", "asyncops.cli", *map(str, arguments)], "env": variables, "cwd": ROOT}

    return command


def server_of(database):
    return Server(conninfo_to_dict(database.psycopg_url))


class Done:
    """How a command ended; its output is without the logs."""

    def __init__(self, done):
        self.code = done.returncode
        self.output = "\n".join(line for line in done.stdout.splitlines() if not line.startswith("{"))
        self.error = done.stderr.strip()


@pytest.fixture(scope="session")
def run(command):
    def run(database, *arguments, **changed):
        how = command(database, *arguments, **changed)
        return Done(subprocess.run(**how, capture_output=True, text=True, timeout=100, check=False))

    return run


@pytest.fixture(scope="session")
def demo(make_database, run):
    """A database with the demo team in it; it is never changed."""
    database = make_database()
    for arguments in (("migrate",), ("create-admin",), ("seed-demo",)):
        assert run(database, *arguments).code == 0
    return database


@pytest.fixture
def live(demo, make_database):
    """A database with the demo team in it, for a test to change."""
    return make_database(demo.url.rpartition("/")[2])


@pytest.fixture(scope="session")
def demo_backup(demo, run, tmp_path_factory):
    """A backup of the demo team's database."""
    path = tmp_path_factory.mktemp("backups") / "demo.zip"
    done = run(demo, "backup", path)
    assert done.code == 0, done.error
    return path


@pytest.fixture(scope="session")
def demo_export(demo, run, tmp_path_factory):
    path = tmp_path_factory.mktemp("exports") / "demo.jsonl"
    done = run(demo, "export", path)
    assert done.code == 0, done.error
    return path


@pytest.fixture
def contents(tmp_path):
    """Everything in a database, as an export shows it."""
    number = 0

    def contents(database):
        nonlocal number
        number += 1
        path = tmp_path / f"contents-{number}.jsonl"
        export(server_of(database), path)
        return path.read_bytes()

    return contents


@pytest.fixture
def read_export(app):
    """Import a file that is to be refused; gives the sentence."""

    def read_export(database, path):
        with app.app_context(), pytest.raises(BackupError) as refused:
            import_(server_of(database), path)
        return str(refused.value)

    return read_export


@pytest.fixture
def run_at_rest(environment, tmp_path):
    """Run a command as on a machine where `asyncops up` keeps the database, and is not running."""
    given = {name: value for name, value in environment.items() if name in {"BCRYPT_ROUNDS", "LOG_LEVEL"}}
    env = {"PATH": os.environ["PATH"], **given, "DATA_DIR": str(tmp_path / "data")}

    def run_at_rest(*arguments):
        command = [sys.executable, "-m", "asyncops.cli", *map(str, arguments)]
        return Done(
            subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
        )

    return run_at_rest
