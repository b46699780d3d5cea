"""How the processes connect to PostgreSQL: patience, and what holds for a session."""

from __future__ import annotations

import select
from collections.abc import Mapping
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from asyncops.config import Settings
from asyncops.errors import AppError

SESSION_OPTIONS = {
    "TimeZone": "UTC",
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "client_connection_check_interval": "10s",  # a killed process's statement, and its locks, end with it
    "jit": "off",  # costs more than it gains on short statements
    "random_page_cost": "1.1",  # for solid-state disks
}


class NeedsOwnSession(AppError):
    """Something that needs a session of its own was started behind a pooler."""

    detail = (
        "DATABASE_PREPARED=0 says that DATABASE_URL leads to a pooler in transaction mode, and this command needs a "
        "session of its own. Run it with the server's own address: DATABASE_URL=postgresql://... DATABASE_PREPARED=1"
    )


def require_own_session(settings: Settings) -> None:
    """Refuse what sets or locks something for longer than a transaction where sessions are shared."""
    if not settings.database_prepared:
        raise NeedsOwnSession


def connect_args(settings: Settings, options: Mapping[str, str]) -> dict[str, Any]:
    """For the driver. Behind a pooler sessions are shared, and `options` have to be set by `apply_options`."""
    shared = not settings.database_prepared
    return {
        "connect_timeout": 2,
        # A server or a network that vanished without a word is noticed within seconds.
        "tcp_user_timeout": 10_000,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 2,
        "prepare_threshold": None if shared else 0,
        **({} if shared else {"options": " ".join(f"-c {name}={value}" for name, value in options.items())}),
    }


def apply_options(engine: Engine, settings: Settings, options: Mapping[str, str]) -> None:
    """Where sessions are shared, begin each transaction by setting its options: a pooler passes on no others."""
    if settings.database_prepared:
        return
    names = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in options.items())

    def begun(connection: Connection) -> None:
        connection.exec_driver_sql(f"SELECT {names}")

    event.listen(engine, "begin", begun)


def replace_hung_up(engine: Engine) -> None:
    """Hand out no pooled connection whose server has gone; it, and all that are as old, are made anew.

    A server that ends a connection leaves something to read on it, and an idle one has nothing to say. Looking for that
    asks nobody: SQLAlchemy's `pool_pre_ping` would cost every request two more ways to the server and back.
    """

    def checked_out(connection: psycopg.Connection[Any], _record: Any, _proxy: Any) -> None:
        try:
            poll = select.poll()
            poll.register(connection.fileno(), select.POLLIN)
            if poll.poll(0):  # a farewell, or a setting that the server changed
                engine.dialect.do_ping(connection)  # type: ignore[arg-type] # psycopg's is one of those
        except psycopg.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkout", checked_out)
