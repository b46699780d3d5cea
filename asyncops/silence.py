"""A database that says nothing: requests stop waiting for one that is frozen or cut off, and for no other.

TCP does not tell: the kernel of a frozen server still acknowledges. So a request that has waited half a second has a
look taken at the server, in a thread, over a new connection. Does nobody answer that within a second, nor any other
question of this process meanwhile, then the server is silent: whoever waits gives up, and who comes is refused at once,
until a look is answered again. A statement that is merely slow goes on for as long as `statement_timeout` lets it.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Callable, Generator
from typing import Any, Final, TypeVar

import psycopg
import structlog
from flask import has_request_context
from sqlalchemy import Engine, event

log = structlog.get_logger(__name__)

QUIET = 0.5
"""Seconds that a request waits before a look is taken."""
ANSWER_WITHIN = 1.0
"""Seconds that a look waits, from its first packet to the answer."""
ANSWER_WITHIN_POOLED = 5.0
"""The same behind a pooler, where it may have to stand in line for a session like everybody else."""
CONNECT_WITHIN = 1.7
"""Seconds for a connection that a request opens, where the server answers others."""
LOOK_EVERY = 0.5

NO_WAY = (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ETIMEDOUT)
"""What the network says for a server that says nothing."""

R = TypeVar("R")


class DatabaseSilent(psycopg.OperationalError):
    """The server does not answer, whatever it is asked."""


class NoAnswer(psycopg.OperationalError):
    """The time for a question was over."""


class Watch:
    """What this process knows about whether the server answers."""

    def __init__(self, arguments: dict[str, Any], answer_within: float) -> None:
        """Nothing is asked yet; `arguments` are the driver's."""
        self._arguments: Final = arguments
        self._connections: Final = limited(answer_within)
        self.forget()

    def forget(self) -> None:
        """Know nothing, as at the start: for a forked process, whose parent's looks don't end here."""
        self.is_silent = False
        self._heard_at = self._looked_at = float("-inf")
        self._looking = threading.Lock()

    def heard(self) -> None:
        """Take note of an answer, to anything."""
        self._heard_at = time.monotonic()

    def require_answers(self, since: float) -> None:
        """For somebody who waits since then: raise DatabaseSilent where it is in vain, and have a look taken."""
        if self.is_silent:
            raise DatabaseSilent("The server does not answer")
        now = time.monotonic()
        if now - since >= QUIET and now - self._looked_at >= LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                threading.Thread(target=self._look, name="database-look", daemon=True).start()
            except BaseException:
                self._looking.release()
                raise

    def _look(self) -> None:
        try:
            while True:
                before, self.is_silent = self.is_silent, not self._answers()
                self._looked_at = time.monotonic()
                if before != self.is_silent:
                    log.warning("database_silent" if self.is_silent else "database_answers_again")
                if not self.is_silent:
                    return
                time.sleep(LOOK_EVERY)
        finally:
            self._looking.release()

    def _answers(self) -> bool:
        began = time.monotonic()
        try:
            with self._connections.connect(**self._arguments) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error as error:
            # A refusal is an answer: whoever asks will get it too, and at once.
            return self._heard_at > began or not _is_silence(error)
        return True


def limited(seconds: float) -> type[psycopg.Connection[Any]]:
    """Connections for one question, with one time limit for everything; then NoAnswer."""

    class Limited(psycopg.Connection[Any]):
        _ends = float("inf")

        @classmethod
        def _connect_gen(cls, conninfo: str = "") -> Any:
            ends = time.monotonic() + seconds
            connection = yield from _each_pause(super()._connect_gen(conninfo), lambda: _require_time(ends))
            connection._ends = ends  # noqa: SLF001 - our own
            return connection

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            """Wait for the server, as psycopg does."""
            try:
                return super().wait(_each_pause(gen, lambda: _require_time(self._ends)), interval, timeout)
            except NoAnswer:
                self.pgconn.finish()
                raise

    return Limited


def connect_with(engine: Engine, connections: type[psycopg.Connection[Any]]) -> None:
    """Let the engine open such connections."""

    def connect(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> psycopg.Connection[Any]:
        return connections.connect(*arguments, **parameters)

    event.listen(engine, "do_connect", connect)


def _is_silence(error: psycopg.Error) -> bool:
    return isinstance(error, NoAnswer | psycopg.errors.ConnectionTimeout) or any(
        os.strerror(number) in str(error) for number in NO_WAY
    )


def _require_time(ends: float) -> None:
    if time.monotonic() >= ends:
        raise NoAnswer("The server did not answer in time")


def _each_pause(waiting: Generator[Any, Any, R], check: Callable[[], None]) -> Generator[Any, Any, R]:
    """The driver's generator, and `check` is called each time that it waited a tenth of a second for nothing."""
    try:
        wants = next(waiting)
        while True:
            ready = yield wants
            if not ready:
                check()
            wants = waiting.send(ready)
    except StopIteration as end:
        found: R = end.value
        return found


def _watched(watch: Watch) -> type[psycopg.Connection[Any]]:
    """Connections whose requests wait for as long as the server answers anybody. Jobs and commands have more patience.

    `_connect_gen` is the driver's own: there is no other way to stop a connection that is being opened.
    """

    class Watched(psycopg.Connection[Any]):
        @classmethod
        def _connect_gen(cls, conninfo: str = "") -> Any:
            opening = super()._connect_gen(conninfo)
            if not has_request_context():
                return (yield from opening)
            began = time.monotonic()

            def check() -> None:
                watch.require_answers(began)
                if time.monotonic() - began >= CONNECT_WITHIN:
                    raise psycopg.errors.ConnectionTimeout("connection timeout expired")

            check()  # known to be silent: not a packet
            connection = yield from _each_pause(opening, check)
            watch.heard()
            return connection

        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            """Wait for the server, as psycopg does."""
            if not has_request_context():
                return super().wait(gen, interval, timeout)
            began = time.monotonic()
            try:
                found = super().wait(_each_pause(gen, lambda: watch.require_answers(began)), interval, timeout)
            except DatabaseSilent:
                self.pgconn.finish()  # its answer, should it come, is nobody's
                raise
            watch.heard()
            return found

    return Watched


def watch_engine(engine: Engine, *, pooled: bool) -> Watch:
    """Let the connections of the engine be watched; gives what is known about its server."""
    _, arguments = engine.dialect.create_connect_args(engine.url)
    answer_within = ANSWER_WITHIN_POOLED if pooled else ANSWER_WITHIN
    watch = Watch({**arguments, "connect_timeout": 2, "autocommit": True}, answer_within)
    connect_with(engine, _watched(watch))
    return watch
