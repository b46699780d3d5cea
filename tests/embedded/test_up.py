"""up(): the whole application, here a small one under the real gunicorn."""

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGKILL
from urllib.parse import urlsplit

import pytest
import redis

from tests.ports import free_port
from tests.waiting import eventually

from .processes import Program, all_gone, descendants, program

# `asyncops` is found in the folder of sys.executable first: here the pretended one of the test.
RUNNING = "Ctrl-C stops everything"
UP = """
import sys
from pathlib import Path
from asyncops.embedded import EmbeddedError, up
sys.executable = str(Path("bin/python").absolute())
try:
    sys.exit(up(root=Path.cwd(), data_dir=Path("var"), demo="demo" in sys.argv, dev="dev" in sys.argv))
except EmbeddedError as error:
    sys.exit(f"Error: {error}")
"""
PROCFILE = """
# a comment
release: asyncops migrate
web: gunicorn --no-control-socket --workers 2 --bind 127.0.0.1:$PORT small_site:app
worker: TZ=UTC python -c "import os, time; print('worker in', os.environ['TZ']); time.sleep(1000)"
"""
SITE = """
import os
def app(environ, start):
    start("200 OK", [("X-Env", os.environ["ASYNCOPS_ENV"])])
    return [environ["PATH_INFO"].encode()]
"""
COMMAND = """#!/bin/sh
echo "ran $* with ${DATABASE_URL%%:*} and ${REDIS_URL%%:*} and ${#SECRET_KEY}"
test "$1" != "$FAIL"
"""


def make_site(folder: Path) -> Path:
    (folder / "Procfile").write_text(PROCFILE)
    (folder / "small_site.py").write_text(SITE)
    (folder / "bin").mkdir()
    (folder / "bin/asyncops").write_text(COMMAND)
    (folder / "bin/asyncops").chmod(0o755)
    return folder


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The folder of an application that nobody has started."""
    return make_site(tmp_path)


@pytest.fixture(scope="module")
def running_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_site(tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def app(running_site: Path, port: int) -> Iterator[Program]:
    """`up` of `running_site` on `port`, with demonstration data."""
    with program(running_site, UP, "demo", PORT=str(port)) as started:
        started.wait_for(RUNNING)
        yield started


def test_up_prepares_starts_and_says_where_to_go(app: Program, port: int) -> None:
    assert get(port, "/healthz") == 200
    app.wait_for("worker   | worker in UTC")
    lines = app.said.splitlines()
    assert lines[:3] == [
        "ran migrate with postgresql+psycopg and redis and 64",
        "ran create-admin --if-missing with postgresql+psycopg and redis and 64",
        "ran seed-demo with postgresql+psycopg and redis and 64",
    ]
    for path in ("/", "/api/docs", "/admin/jobs"):
        assert any(line.endswith(f" http://localhost:{port}{path}") for line in lines)


@pytest.mark.usefixtures("app")
def test_a_second_up_on_the_folder_is_refused_in_one_line(running_site: Path) -> None:
    with program(running_site, UP, PORT=str(free_port())) as second:
        assert second.end() == 1
        assert_one_line(second, "already running")


def test_killed_servers_come_back_where_they_were(app: Program, running_site: Path) -> None:
    urls = dict(line.split("=", 1) for line in (running_site / "var/running").read_text().splitlines())
    valkey, postgres = valkey_pid(urls["REDIS_URL"]), int(pid_file(running_site)[0])
    assert valkey is not None

    os.kill(valkey, SIGKILL)
    os.kill(postgres, SIGKILL)

    app.wait_for("valkey ended (signal SIGKILL)")
    app.wait_for("postgres ended (signal SIGKILL)")
    eventually(lambda: valkey_pid(urls["REDIS_URL"]) not in {None, valkey})

    def is_back() -> bool:
        lines = pid_file(running_site)
        return "ready   " in lines and lines[0] != str(postgres)

    eventually(is_back)
    assert urlsplit(urls["DATABASE_URL"]).port == int(pid_file(running_site)[3])


def test_nothing_is_left_when_up_is_killed_or_stopped_and_the_next_starts_at_once(site: Path) -> None:
    for number, status in ((SIGKILL, -SIGKILL), (SIGINT, 0)):
        with program(site, UP, PORT=str(free_port())) as app:
            app.wait_for(RUNNING)
            everything = descendants(app.pid)
            assert len(everything) > 6

            app.signal(number)

            assert app.end() == status
            if number == SIGKILL:  # who is told of our death needs a moment
                eventually(all_gone(everything))
            assert all_gone(everything)()
    assert not (site / "var/running").exists()


def test_a_taken_port_is_told_before_anything_is_made(site: Path) -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        program(site, UP, PORT=str(taken.getsockname()[1])) as app,
    ):
        assert app.end() == 1
        assert_one_line(app, "is taken")
    assert not (site / "var/secrets").exists()


def test_a_command_that_fails_ends_up_with_nothing_left(site: Path) -> None:
    with program(site, UP, PORT=str(free_port()), FAIL="migrate") as app:
        assert app.end() == 1
        assert app.said.splitlines()[-1].startswith("Error: 'asyncops migrate' failed (status 1)")
    assert not (site / "var/postgres/postmaster.pid").exists()


def test_development_takes_its_processes_from_a_procfile_of_its_own(site: Path) -> None:
    pages, say = free_port(), "; import time; time.sleep(1000)"
    (site / "Procfile.dev").write_text(
        f"""worker: python -c "print('another worker'){say}"\n"""
        f"""site: python -c "import os; print('pages from', os.environ['PUBLIC_URL']){say}"\n"""
    )

    with program(site, UP, "dev", PORT=str(free_port()), VITE_PORT=str(pages)) as app:
        app.wait_for(RUNNING)
        app.wait_for(f"pages from http://localhost:{pages}")
        app.wait_for("worker   | another worker")
        assert "worker in UTC" not in app.said
        assert f"Application    http://localhost:{pages}/" in app.said
        assert f"PUBLIC_URL=http://localhost:{pages}\n" in (site / "var/running").read_text()


def test_servers_that_are_given_are_used_and_none_is_started(site: Path) -> None:
    given = {"DATABASE_URL": "mine://", "REDIS_URL": "yours://", "SECRET_KEY": "1234"}
    with program(site, UP, PORT=str(free_port()), **given) as app:
        app.wait_for(RUNNING)
        assert "ran migrate with mine and yours and 4" in app.said
    assert not (site / "var/postgres").exists()
    assert not (site / "var/valkey").exists()


def get(port: int, path: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def valkey_pid(url: str) -> int | None:
    with redis.Redis.from_url(url, decode_responses=True) as client:
        try:
            return int(client.info("server")["process_id"])
        except redis.RedisError:
            return None


def pid_file(site: Path) -> list[str]:
    with suppress(FileNotFoundError):
        return (site / "var/postgres/postmaster.pid").read_text().splitlines()
    return []


def assert_one_line(ended: Program, text: str) -> None:
    (line,) = ended.said.strip().splitlines()
    assert text in line
