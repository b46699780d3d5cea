"""Which server `db.session` speaks to: the primary, or inside `on_replica()` the replica, in a session of its own.

And how: what only reads needs no BEGIN and no COMMIT, which are two ways to the server and back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Self

from flask import current_app
from flask.globals import app_ctx
from flask_sqlalchemy.session import Session
from sqlalchemy import ClauseElement, Connection, Engine, event
from sqlalchemy.orm import SessionTransaction
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import UpdateBase

READER = "asyncops.reader"
"""The engine of a primary that may be asked outside of any transaction, among the application's extensions; or None."""
REPLICA = "replica"
"""The replica's key among Flask-SQLAlchemy's engines."""

_on_replica: ContextVar[bool] = ContextVar("on_replica", default=False)
_reading: ContextVar[Reading | None] = ContextVar("reading", default=None)


class WriteWhileReading(RuntimeError):
    """A statement that writes, in a unit of work that was said to read: nothing could take it back."""


class Reading:
    """While it is entered, the primary is asked outside of any transaction: each statement sees what is committed.

    It holds one connection: its own, or where the session has asked, the session's.
    """

    def __init__(self) -> None:
        """Hold none yet."""
        self.has_session = False
        self.pooled: PoolProxiedConnection | None = None
        self._driver: Any = None

    def __enter__(self) -> Self:
        """Begin."""
        self._token = _reading.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        _reading.reset(self._token)
        self.close()

    def driver(self) -> Any:
        """The driver's connection; None where the session has to give one."""
        if self._driver is None and not self.has_session and (engine := current_app.extensions[READER]) is not None:
            self.pooled = engine.raw_connection()
            self._driver = self.pooled.driver_connection
        return self._driver

    def leave_to_session(self) -> None:
        """Give the own one back: one request must not hold two of them, or a few would wait for each other for ever."""
        self.has_session = True
        self.close()

    def close(self) -> None:
        """Give back what is held."""
        pooled, self.pooled, self._driver = self.pooled, None, None
        if pooled is not None:
            pooled.close()


class RoutedSession(Session):
    """A session that stays with the server it was made for."""

    def __init__(self, db: Any, **options: Any) -> None:
        """Made by the scoped session, at its first use in a scope."""
        super().__init__(db, **options)
        self._reads_replica = _on_replica.get()
        self._driven: tuple[SessionTransaction | None, Any] = (None, None)

    def driver(self) -> Any:
        """The driver's connection of the transaction; what was changed so far is written first, as ever."""
        self.flush()
        transaction, driver = self._driven
        if transaction is None or transaction is not self.get_transaction():
            driver = self.connection().connection.driver_connection
            self._driven = self.get_transaction(), driver
        return driver

    def get_bind(
        self,
        mapper: Any = None,
        clause: Any = None,
        bind: Engine | Connection | None = None,
        **options: Any,
    ) -> Engine | Connection:
        """The engine for a statement."""
        if bind is None and self._reads_replica:
            engine: Engine = self._db.engines[REPLICA]
            return engine
        if bind is None and (reads := _reading.get()):
            if clause is not None and (not clause.is_select or changes_rows(clause)):  # nobody knows what a text does
                raise WriteWhileReading(str(clause))
            reads.leave_to_session()
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **options)


@event.listens_for(RoutedSession, "before_flush")
def _refuse_to_write(_session: Any, _context: Any, _instances: Any) -> None:
    if _reading.get():
        raise WriteWhileReading("A changed object")


def changes_rows(statement: ClauseElement) -> bool:
    """Whether it writes: as a whole, or in a part that the rest reads from."""
    return any(isinstance(part, UpdateBase) for part in visitors.iterate(statement))


def current_reading() -> Reading | None:
    """The unit of work that only reads, if this is one; None where the replica is asked."""
    return None if _on_replica.get() else _reading.get()


def set_mode(engine: Engine) -> None:
    """Hand out each of the engine's connections in the way it is wanted: with transactions, or to read without.

    It stays so until it is wanted otherwise, which is seldom: most that is done here is reading.
    """

    def checked_out(connection: Any, _record: Any, _proxy: Any) -> None:
        alone = _reading.get() is not None
        if connection.autocommit != alone:
            connection.autocommit = alone

    event.listen(engine, "checkout", checked_out)


def commits_itself(connection: Connection) -> bool:
    """Whether each of its statements stands alone, outside of any transaction."""
    driver: Any = connection.connection.driver_connection
    return bool(driver.autocommit)


def scope() -> Hashable:
    """Each application context has a session for the primary, and another for the replica."""
    return id(app_ctx._get_current_object()), _on_replica.get()  # type: ignore[attr-defined] # noqa: SLF001 - as Flask-SQLAlchemy


@contextmanager
def on_replica() -> Iterator[None]:
    """Let `db.session` be one that reads from the replica; whoever opens this removes that session before the end."""
    token = _on_replica.set(True)
    try:
        yield
    finally:
        _on_replica.reset(token)
