"""The replica: it answers what may lag a little, and where it can't, the primary does, without anybody waiting for it.

A look at it every two seconds, in a thread of its own, tells whether it may be used; no request waits for one that is
away. A request that fails there is answered by the primary, and those after it don't try until it was looked at again.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import psycopg
import structlog
from flask import Flask, current_app
from prometheus_client import Counter
from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from asyncops.config import Settings
from asyncops.connecting import SESSION_OPTIONS, apply_options, connect_args
from asyncops.errors import NotFound
from asyncops.extensions import db
from asyncops.metrics import registry
from asyncops.probe import make_engine
from asyncops.sessions import REPLICA, commits_itself, on_replica

log = structlog.get_logger(__name__)

LOOK_EVERY = 2.0  # seconds
TRUSTED_FOR = 5.0
"""What was seen this many seconds ago is no longer relied on: after a quiet time, or when looking itself hangs."""
PATIENCE = 0.2
"""Seconds for which the request that ends a quiet time waits for the look that it started."""
KEPT_POSITIONS = 200

OPTIONS = {**SESSION_OPTIONS, "statement_timeout": "5s", "default_transaction_read_only": "on"}
ANSWER_WITHIN = 7.0
"""Seconds after which a connection whose server says nothing, not even that time is up, is given up."""

READS = Counter(
    "asyncops_replica_reads_total",
    "Reads that may lag, by the server that answered; only with a replica",
    ["server"],
    registry=registry,
)

PRIMARY_SAYS = (
    "SELECT (SELECT system_identifier FROM pg_control_system()), pg_wal_lsn_diff("
    "CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, '0/0')"
)
"""Which cluster the primary is, and how far it has written."""
_REPLICA_SAYS = text(
    "SELECT (SELECT system_identifier FROM pg_control_system()), pg_is_in_recovery(), "
    "pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0'), "
    "extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp())"
)

P = ParamSpec("P")
R = TypeVar("R")


class Unusable(Exception):
    """Why the replica can't be used, as words after "the replica"."""


class Replica:
    """What this process knows about the replica, and for how long it relies on that."""

    def __init__(self, settings: Settings, url: str) -> None:
        """Nothing is asked yet."""
        self._probe: Final[Engine] = make_engine(url, settings)
        self._max_lag: Final = settings.database_replica_max_lag
        self.forget()

    def forget(self) -> None:
        """Know nothing, as at the start: for a forked process, whose parent's looks don't end here."""
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        self._fault: str | None = "was not looked at yet"
        self._looked_at = float("-inf")
        self._positions: deque[tuple[float, int]] = deque(maxlen=KEPT_POSITIONS)

    def is_usable(self) -> bool:
        """Whether reads may go there now. Looks again in the background when it is time; needs the primary for that."""
        age = time.monotonic() - self._looked_at
        if age >= LOOK_EVERY and self._looking.acquire(blocking=False):
            try:
                connection = db.session.connection()
                # A refusal must not cost the request its transaction, if it has one.
                with nullcontext() if commits_itself(connection) else db.session.begin_nested():
                    primary = primary_says(connection)
                look = threading.Thread(target=self._look_again, args=(primary,), daemon=True)
                look.start()
            except SQLAlchemyError as error:
                self._looking.release()
                self._conclude(f"can't be compared with the primary: {str(error).splitlines()[0]}")
                if isinstance(error, DBAPIError) and error.connection_invalidated:
                    raise  # the primary is away: the request's transaction went with it
                return False
            except BaseException:
                self._looking.release()
                raise
            if age >= TRUSTED_FOR:
                look.join(PATIENCE)
        return self._fault is None and time.monotonic() - self._looked_at < TRUSTED_FOR

    def look(self, primary: tuple[int, int]) -> float:
        """How many seconds it is behind, at most. Raises Unusable: away, too far behind, or no replica of ours."""
        lag = self._lag(primary[1], *self._ask(primary[0]))
        if lag > self._max_lag:  # the first write after a quiet time may be on its way: it has a moment
            time.sleep(PATIENCE)
            lag = self._lag(primary[1], *self._ask(primary[0]))
        if lag > self._max_lag:
            raise Unusable(f"is too far behind: {'nobody knows how far' if lag == float('inf') else f'{lag:.0f} s'}")
        return lag

    def catches_up(self, primary: tuple[int, int]) -> bool:
        """Whether it has all that the primary had written then; waits for that as long as it may be behind."""
        end = time.monotonic() + self._max_lag
        try:
            while self._ask(primary[0])[0] < primary[1]:
                if time.monotonic() >= end:
                    return False
                time.sleep(PATIENCE)
        except Unusable as reason:
            log.warning("replica_away", reason=f"The replica {reason}")
            return False
        return True

    def failed(self, error: SQLAlchemyError) -> None:
        """A request found it broken: nobody else has to, until it was looked at again."""
        self._conclude(f"does not answer: {str(error).splitlines()[0]}")

    def _ask(self, primary_system: int) -> tuple[int, float | None]:
        """How far it has replayed, and how long ago the last transaction of that was committed."""
        try:
            with self._probe.connect() as connection:
                system, recovers, replayed, since = connection.execute(_REPLICA_SAYS).one()
        except SQLAlchemyError as error:
            raise Unusable(f"does not answer: {str(error).splitlines()[0]}") from error
        if system != primary_system:
            raise Unusable("belongs to another database cluster")
        if not recovers or replayed is None:
            raise Unusable("is no streaming replica: it does not follow anybody")
        return int(replayed), None if since is None else float(since)

    def _look_again(self, primary: tuple[int, int]) -> None:
        try:
            self.look(primary)
        except Unusable as reason:
            self._conclude(str(reason))
        else:
            self._conclude(None)
        finally:
            self._looking.release()

    def _conclude(self, fault: str | None) -> None:
        with self._lock:
            before, self._fault, self._looked_at = self._fault, fault, time.monotonic()
        if fault is not None and before is None:
            log.warning("replica_away", reason=f"The replica {fault}")
        elif fault is None and before is not None:
            log.info("replica_used", before=f"The replica {before}")

    def _lag(self, position: int, replayed: int, since_replayed: float | None) -> float:
        """The smallest of what is known for sure: it has all that the primary had written at some moment.

        The time of the last transaction alone would not do: it grows while nobody writes, and where the connection
        between the two is cut the replica does not know what it misses.
        """
        now = time.monotonic()
        with self._lock:
            if self._positions and position < self._positions[-1][1]:
                self._positions.clear()  # another server is the primary now, or it was restored
            self._positions.append((now, position))
            moments = [moment for moment, place in self._positions if place <= replayed]
        bounds = [now - moment for moment in moments[-1:]]
        if since_replayed is not None:
            bounds.append(max(0.0, since_replayed))
        return min(bounds, default=float("inf"))


def primary_says(connection: Connection) -> tuple[int, int]:
    """Which cluster the primary is, and how far it has written, for `Replica.look`."""
    system, position = connection.execute(text(PRIMARY_SAYS)).one()
    return int(system), int(position)


def engine_options(settings: Settings) -> dict[str, Any]:
    """How the replica's engine differs from the primary's: read only, one moment for an answer, little patience."""
    return {
        # One request's statements see one moment: what replays between them is for the next.
        "execution_options": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
        "connect_args": {**connect_args(settings, OPTIONS), "tcp_user_timeout": 2_000},
    }


def init_app(app: Flask, settings: Settings) -> None:
    """Prepare for it, once the engines are there; nothing where there is no replica."""
    app.extensions["asyncops.replica"] = None
    if settings.database_replica_url is None:
        return
    app.extensions["asyncops.replica"] = Replica(settings, settings.database_replica_url)
    with app.app_context():
        engine = db.engines[REPLICA]
    for server in ("primary", REPLICA):
        READS.labels(server)  # there from the start, at zero
    event.listen(engine, "do_connect", _connect)
    apply_options(engine, settings, OPTIONS)


def find_replica() -> Replica | None:
    """The running application's replica, if it has one."""
    found: Replica | None = current_app.extensions["asyncops.replica"]
    return found


def reads_may_lag(view: Callable[P, R]) -> Callable[P, R]:
    """Let the replica answer, where there is one. For what only reads, and gives rows and not entities.

    It may run twice: what the replica does not manage, or does not find (yet), the primary is asked for.
    """

    @wraps(view)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        replica = find_replica()
        if replica is None:
            return view(*args, **kwargs)
        if replica.is_usable():
            try:
                with on_replica():
                    try:
                        answer = view(*args, **kwargs)
                    finally:
                        db.session.remove()
            except NotFound:
                pass  # it may have come a moment ago
            except PoolTimeout:
                log.warning("replica_busy")
            except DBAPIError as error:
                if isinstance(error.orig, ReadOnlySqlTransaction):
                    raise  # it does not only read
                if _is_away(error):
                    replica.failed(error)
                else:  # what it replayed was in our way, or a table is not there yet
                    log.info("replica_refused", error=str(error).splitlines()[0])
            else:
                READS.labels(REPLICA).inc()
                return answer
        READS.labels("primary").inc()
        return view(*args, **kwargs)

    wrapped.may_lag = True  # type: ignore[attr-defined] # for the test that lists them
    return wrapped


def _is_away(error: DBAPIError) -> bool:
    return error.connection_invalidated or (
        isinstance(error.orig, psycopg.OperationalError) and error.orig.sqlstate is None
    )


class _Impatient(psycopg.Connection[Any]):
    """A connection that is given up when its server falls silent. One that is frozen takes TCP's word for its own."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server, as psycopg does."""
        try:
            return super().wait(gen, interval, ANSWER_WITHIN if timeout is None else timeout)
        except psycopg.OperationalError:
            if timeout is None and self.pgconn.transaction_status == psycopg.pq.TransactionStatus.ACTIVE:
                self.pgconn.finish()  # its answer, should it come, is nobody's
            raise


def _connect(_dialect: Any, _record: Any, arguments: Any, parameters: Any) -> psycopg.Connection[Any]:
    return _Impatient.connect(*arguments, **parameters)
