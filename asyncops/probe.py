"""A look at the database past the pool: it says how the database is, however busy we are, and never for long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, NullPool, create_engine

STATEMENT_TIMEOUT = "1s"


def init_app(app: Flask, url: str, connect_args: Mapping[str, Any]) -> None:
    """Prepare to connect as the application does, but for one question at a time."""
    options = f"{connect_args['options']} -c statement_timeout={STATEMENT_TIMEOUT}"
    app.extensions["asyncops.probe"] = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
        connect_args={**connect_args, "options": options, "prepare_threshold": None},
    )


@contextmanager
def probe() -> Iterator[Connection]:
    """A new connection, closed afterwards; raises SQLAlchemy's errors, within two seconds if nobody answers."""
    engine: Engine = current_app.extensions["asyncops.probe"]
    with engine.connect() as connection:
        yield connection
