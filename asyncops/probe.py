"""A look at the database past the pool: it says how the database is, however busy we are, and never for long."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy import Connection, Engine, NullPool, create_engine

from asyncops.config import Settings
from asyncops.connecting import SESSION_OPTIONS, apply_options, connect_args
from asyncops.silence import connect_with, limited

OPTIONS = {**SESSION_OPTIONS, "statement_timeout": "1s"}
ANSWER_WITHIN = 1.7
"""Seconds from the first packet to the last answer."""


def init_app(app: Flask, settings: Settings) -> None:
    """Prepare to connect as the application does, but for one question at a time."""
    app.extensions["asyncops.probe"] = make_engine(settings.database_url, settings)


def make_engine(url: str, settings: Settings) -> Engine:
    """An engine that keeps no connections, and whose statements end within a second."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={**connect_args(settings, OPTIONS), "prepare_threshold": None},
    )
    connect_with(engine, limited(ANSWER_WITHIN))
    apply_options(engine, settings, OPTIONS)
    return engine


@contextmanager
def probe() -> Iterator[Connection]:
    """A new connection, closed afterwards; raises SQLAlchemy's errors, within two seconds if nobody answers.

    After a statement that failed it wants a rollback.
    """
    engine: Engine = current_app.extensions["asyncops.probe"]
    with engine.connect() as connection:
        yield connection
