"""How long statements take and how long requests wait for a connection; slow statements stand in the log.

Every statement passes here, so what is done is little: a look at the clock before and after, and two numbers added.
"""

from __future__ import annotations

import time
from typing import Any

import structlog
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine, ExceptionContext, QueuePool, event
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import PoolProxiedConnection

from asyncops.metrics import SECONDS, registry

log = structlog.get_logger(__name__)

LONGEST_STATEMENT = 2_000

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
    buckets=(0.001, *SECONDS),
    registry=registry,
)
TIMEOUTS = Counter(
    "asyncops_database_pool_timeouts_total", "Requests that got no connection in time", registry=registry
)
OVERFLOWS = Counter(
    "asyncops_database_pool_overflows_total", "Connections opened beyond the pool's size", registry=registry
)
CHECKED_OUT = Gauge(
    "asyncops_database_pool_checked_out",
    "Connections in use, over the web processes",
    multiprocess_mode="livesum",
    registry=registry,
)
SIZE = Gauge(
    "asyncops_database_pool_size",
    "Connections that may be in use without overflow, over the web processes that have asked for one",
    multiprocess_mode="livesum",
    registry=registry,
)


class MeasuredPool(QueuePool):
    """SQLAlchemy's pool, with a clock at its door."""

    def connect(self) -> PoolProxiedConnection:
        """A connection for the caller, as ever."""
        began = time.perf_counter()
        try:
            connection = super().connect()
        except PoolTimeout:
            TIMEOUTS.inc()
            raise
        WAITS.observe(time.perf_counter() - began)
        # Set, not counted up and down: whatever was missed is right again with the next one.
        CHECKED_OUT.set(self.checkedout())
        return connection


class Watch:
    """What is called around every statement of one engine."""

    def __init__(self, engine: Engine, *, slow_ms: int) -> None:
        """Statements of `slow_ms` or more are logged; 0: none."""
        self._engine = engine
        self._slow = slow_ms / 1000 if slow_ms else float("inf")

    def before(self, _conn: Any, _cursor: Any, _statement: str, _values: Any, context: Any, _many: Any) -> None:
        """A statement begins."""
        context.asyncops_began = time.perf_counter()

    def after(self, _conn: Any, _cursor: Any, statement: str, _values: Any, context: Any, _many: Any) -> None:
        """Its result is here."""
        self._ended(context, statement, failed=False)

    def failed(self, context: ExceptionContext) -> None:
        """It failed, or something else about a connection did."""
        ERRORS.labels(type(context.original_exception).__name__).inc()
        if context.statement is not None:
            self._ended(context.execution_context, context.statement, failed=True)

    def opened(self, _connection: Any, _record: Any) -> None:
        """There is one more connection."""
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            SIZE.set(pool.size())
            if pool.overflow() > 0:
                OVERFLOWS.inc()

    def returned(self, _connection: Any, _record: Any) -> None:
        """A connection comes back; it still counts as checked out."""
        pool = self._engine.pool
        if isinstance(pool, QueuePool):
            CHECKED_OUT.set(max(0, pool.checkedout() - 1))

    def _ended(self, context: Any, statement: str, *, failed: bool) -> None:
        began = getattr(context, "asyncops_began", None)
        if began is None:
            return
        took = time.perf_counter() - began
        QUERIES.observe(took)
        if took >= self._slow:
            # The text has places for values and no values: those stand beside it, and stay there.
            text = " ".join(statement.split())[:LONGEST_STATEMENT]
            log.warning("slow_query", statement=text, duration_ms=round(took * 1000, 1), failed=failed)


def measure(engine: Engine, *, slow_ms: int) -> None:
    """Watch all that goes through `engine`, in this process and those it forks."""
    watch = Watch(engine, slow_ms=slow_ms)
    event.listen(engine, "before_cursor_execute", watch.before)
    event.listen(engine, "after_cursor_execute", watch.after)
    event.listen(engine, "handle_error", watch.failed)
    event.listen(engine, "connect", watch.opened)
    event.listen(engine, "checkin", watch.returned)
