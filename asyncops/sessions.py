"""Which server `db.session` speaks to: the primary, or inside `on_replica()` the replica, in a session of its own.

And how: what only reads needs no BEGIN and no COMMIT, which are two ways to the server and back.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask import current_app
from flask.globals import app_ctx
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, event

READER = "asyncops.reader"
"""The primary's engine for what only reads, among the application's extensions."""
REPLICA = "replica"
"""The replica's key among Flask-SQLAlchemy's engines."""

_on_replica: ContextVar[bool] = ContextVar("on_replica", default=False)
_reading: ContextVar[bool] = ContextVar("reading", default=False)


class WriteWhileReading(RuntimeError):
    """A statement that writes, in a unit of work that was said to read: nothing could take it back."""


class RoutedSession(Session):
    """A session that stays with the server it was made for."""

    def __init__(self, db: Any, **options: Any) -> None:
        """Made by the scoped session, at its first use in a scope."""
        super().__init__(db, **options)
        self._reads_replica = _on_replica.get()

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
        if bind is None and _reading.get():
            if clause is not None and not clause.is_select:  # nobody can tell what a text does
                raise WriteWhileReading(str(clause))
            reader: Engine = current_app.extensions[READER]
            return reader
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **options)


@event.listens_for(RoutedSession, "before_flush")
def _refuse_to_write(_session: Any, _context: Any, _instances: Any) -> None:
    if _reading.get():
        raise WriteWhileReading("A changed object")


@contextmanager
def reading() -> Iterator[None]:
    """Let `db.session` ask the primary outside of any transaction: each statement sees what is committed, as ever."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def commits_itself(connection: Connection) -> bool:
    """Whether each of its statements stands alone, outside of any transaction."""
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


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
