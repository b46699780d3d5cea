"""Which server `db.session` speaks to: the primary, or inside `on_replica()` the replica, in a session of its own."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask.globals import app_ctx
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine

REPLICA = "replica"
"""The replica's key among Flask-SQLAlchemy's engines."""

_on_replica: ContextVar[bool] = ContextVar("on_replica", default=False)


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
        return super().get_bind(mapper=mapper, clause=clause, bind=bind, **options)


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
