"""A database that says nothing costs a request seconds, and a statement that is merely slow none of its time."""

import socket
import threading
from contextlib import ExitStack, suppress

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from asyncops.extensions import db
from asyncops.silence import DatabaseSilent, NoAnswer, limited
from tests.waiting import HANG, eventually


class Relay:
    """Between the application and its database; `freeze()`: what is sent is taken, and nothing comes back."""

    def __init__(self, target):
        self._target = target
        self._flows = threading.Event()
        self._flows.set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def freeze(self):
        self._flows.clear()

    def thaw(self):
        self._flows.set()

    def close(self):
        self.thaw()
        self._listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source, target):
        with source, target:
            try:
                while data := source.recv(65536):
                    self._flows.wait(HANG)
                    target.sendall(data)
            except OSError:
                pass


@pytest.fixture
def relay(servers):
    relay = Relay(("127.0.0.1", servers.postgres.port))
    yield relay
    relay.close()


@pytest.fixture
def behind(make_app, servers, relay):
    """An application whose database is behind the relay."""
    return make_app(DATABASE_URL=servers.database_url.replace(f":{servers.postgres.port}/", f":{relay.port}/"))


@pytest.fixture
def cut_off(behind):
    """The same, in the middle of a request."""
    with behind.test_request_context():
        yield behind


def select(expression="1"):
    try:
        return db.session.scalar(text(f"SELECT {expression}::text"))
    finally:
        db.session.rollback()


def test_a_request_in_the_middle_of_a_statement_gives_up_and_the_next_ones_do_not_wait(cut_off, relay):
    assert select() == "1"
    relay.freeze()

    with pytest.raises(OperationalError) as first:
        select()
    looks = cut_off.extensions["asyncops.silence"]
    before = looks._looked_at
    for _ in range(200):  # had each of them waited, that would be minutes
        with pytest.raises(OperationalError) as next_one:
            select()

    assert isinstance(first.value.orig, DatabaseSilent)
    assert isinstance(next_one.value.orig, DatabaseSilent)
    assert looks._looked_at - before < HANG
    relay.thaw()
    answers_again()


def answers_again():
    def answers():
        with suppress(OperationalError):
            return select() is not None

    eventually(answers, "an answer")


def test_a_slow_statement_is_answered(cut_off):
    assert select("'slow' || pg_sleep(3)") == "slow"


def test_where_one_statement_is_slow_others_are_answered(cut_off):
    answers = []

    def slow():
        with cut_off.test_request_context():
            answers.append(select("'slow' || pg_sleep(2)"))

    thread = threading.Thread(target=slow)
    thread.start()
    while thread.is_alive():
        assert select() == "1"
    assert answers == ["slow"]


def test_a_server_that_takes_no_more_connections_is_not_taken_for_silent(cut_off, sql, servers):
    """It refuses the look, but it speaks; who has a connection keeps it."""
    url = servers.database_url.replace("+psycopg", "")
    assert select() == "1"
    with ExitStack() as stack:
        with suppress(psycopg.OperationalError):
            for _ in range(200):
                stack.enter_context(psycopg.connect(url))
        with pytest.raises(psycopg.OperationalError, match=r"too many|remaining connection slots"):
            psycopg.connect(url)

        assert select("'slow' || pg_sleep(2)") == "slow"


def test_jobs_and_commands_wait_on(behind, relay):
    """Nobody waits for them: a frozen moment should not cost a migration."""
    with behind.app_context():
        assert select() == "1"
        relay.freeze()
        threading.Timer(3, relay.thaw).start()

        assert select() == "1"


def test_a_question_with_one_limit_for_everything(relay):
    relay.freeze()

    with pytest.raises(NoAnswer):
        limited(0.3).connect(f"host=127.0.0.1 port={relay.port} connect_timeout=20")
