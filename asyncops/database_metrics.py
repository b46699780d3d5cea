"""How long statements take and how long requests wait for a connection; slow statements stand in the log.

Every statement passes here, so what is done is little: a look at the clock before and after, and two numbers added.
"""

from __future__ import annotations

import time
from functools import cache
from typing import Any, ClassVar, Self

import psycopg
import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine, QueuePool, event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from asyncops.metrics import SECONDS, registry
from asyncops.sessions import REPLICA

log = structlog.get_logger(__name__)

LONGEST_STATEMENT = 2_000
PRIMARY = "primary"
PING = ";"
"""How SQLAlchemy asks whether a connection that has something to say is still good: no statement of ours."""

QUERIES = Histogram(
    "asyncops_database_query_duration_seconds",
    "How long a statement took, until its result was here",
    buckets=(0.001, *SECONDS),
    registry=registry,
)
ERRORS = Counter(
    "asyncops_database_errors_total",
    "Statements that failed, by the driver's kind of error",
    ["kind"],
    registry=registry,
)
WAITS = Histogram(
    "asyncops_database_pool_wait_seconds",
    "How long it took to get a connection: to wait for a free one, and to check or open it",
    ["server"],
    buckets=(0.001, *SECONDS),
    registry=registry,
)
TIMEOUTS = Counter(
    "asyncops_database_pool_timeouts_total", "Requests that got no connection in time", ["server"], registry=registry
)
OVERFLOWS = Counter(
    "asyncops_database_pool_overflows_total", "Connections opened beyond the pool's size", ["server"], registry=registry
)
CHECKED_OUT = Gauge(
    "asyncops_database_pool_checked_out",
    "Connections in use, over the web processes",
    ["server"],
    multiprocess_mode="livesum",
    registry=registry,
)
SIZE = Gauge(
    "asyncops_database_pool_size",
    "Connections that may be in use without overflow, over the web processes that have asked for one",
    ["server"],
    multiprocess_mode="livesum",
    registry=registry,
)


class _OfServer:
    """The series of one server's pool."""

    def __init__(self, server: str) -> None:
        self.waits = WAITS.labels(server)
        self.timeouts = TIMEOUTS.labels(server)
        self.overflows = OVERFLOWS.labels(server)
        self.checked_out = CHECKED_OUT.labels(server)
        self.size = SIZE.labels(server)


_of = cache(_OfServer)


class MeasuredPool(QueuePool):
    """SQLAlchemy's pool, with a clock at its door."""

    server: ClassVar[str] = PRIMARY

    def connect(self) -> PoolProxiedConnection:
        """A connection for the caller, as ever."""
        began = time.perf_counter()
        try:
            connection = super().connect()
        except PoolTimeout:
            _of(self.server).timeouts.inc()
            raise
        _of(self.server).waits.observe(time.perf_counter() - began)
        # Set, not counted up and down: whatever was missed is right again with the next one.
        _of(self.server).checked_out.set(self.checkedout())
        return connection


class ReplicaPool(MeasuredPool):
    """As that, for the replica's connections."""

    server = REPLICA


def measured_cursor(*, slow_ms: int) -> type[psycopg.Cursor[Any]]:
    """A driver's cursor that measures what it executes; statements of `slow_ms` or more are logged (0: none).

    SQLAlchemy's events would do, too, but make it take a longer way for every statement.
    """
    slow = slow_ms / 1000 if slow_ms else float("inf")

    class MeasuredCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *values: Any, **options: Any) -> Self:
            """As ever."""
            began = time.perf_counter()
            try:
                super().execute(query, *values, **options)
            except psycopg.Error as error:
                _failed(error, query, time.perf_counter() - began, slow)
                raise
            _ended(query, time.perf_counter() - began, slow)
            return self

        def executemany(self, query: Any, *values: Any, **options: Any) -> None:
            """As ever: one statement with many values counts once."""
            began = time.perf_counter()
            try:
                super().executemany(query, *values, **options)
            except psycopg.Error as error:
                _failed(error, query, time.perf_counter() - began, slow)
                raise
            _ended(query, time.perf_counter() - began, slow)

    return MeasuredCursor


def _failed(error: psycopg.Error, query: Any, took: float, slow: float) -> None:
    ERRORS.labels(type(error).__name__).inc()
    _ended(query, took, slow, failed=True)


def _ended(query: Any, took: float, slow: float, *, failed: bool = False) -> None:
    if query == PING:
        return
    QUERIES.observe(took)
    if took >= slow:
        # The text has places for values and no values: those stand beside it, and stay there.
        statement = " ".join(str(query).split())[:LONGEST_STATEMENT]
        log.warning("slow_query", statement=statement, duration_ms=round(took * 1000, 1), failed=failed)


def watch_pool(engine: Engine) -> None:
    """Follow the connections of the engine's `MeasuredPool`, in this process and those it forks."""
    if isinstance(engine.pool, MeasuredPool):
        _of(engine.pool.server)  # there from the start, at zero: else nobody could see the first of anything

    def opened(_connection: Any, _record: Any) -> None:
        pool = engine.pool
        if isinstance(pool, MeasuredPool):
            _of(pool.server).size.set(pool.size())
            if pool.overflow() > 0:
                _of(pool.server).overflows.inc()

    def returned(_connection: Any, _record: Any) -> None:
        pool = engine.pool
        if isinstance(pool, MeasuredPool):
            _of(pool.server).checked_out.set(max(0, pool.checkedout() - 1))  # the one that comes back is still counted

    event.listen(engine, "connect", opened)
    event.listen(engine, "checkin", returned)
