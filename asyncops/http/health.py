"""Probes: `/healthz` says that the process answers, `/readyz` what it can reach."""

from __future__ import annotations

from functools import cache
from typing import Any

import structlog
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from flask import Blueprint, current_app
from flask_migrate import Config
from redis.exceptions import RedisError
from sqlalchemy import Connection, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from asyncops.extensions import redis_client
from asyncops.http.peers import is_direct
from asyncops.probe import probe

log = structlog.get_logger(__name__)

blp = Blueprint("health", __name__)


@blp.get("/healthz")
def healthz() -> dict[str, str]:
    """Alive; asks nobody else, so that losing the database or the queue takes no process out."""
    return {"status": "ok"}


@blp.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """503 when the database is away or lacks a revision that this code knows; a queue that is away is `degraded`.

    What is wrong is for those who ask directly: through a proxy comes the world.
    """
    checks = {"database": database_state(), "queue": _queue()}
    detail = {"checks": checks} if is_direct() else {}
    if checks["database"] != "ok":
        return {"status": "unavailable", **detail}, 503
    return {"status": "ok" if checks["queue"] == "ok" else "degraded", **detail}, 200


def database_state() -> str:
    """`ok`, `unreachable`, `lacks its tables` or `lacks a revision` of this code."""
    try:
        with probe() as connection:
            return schema_state(connection)
    except SQLAlchemyError as error:
        log.warning("readyz_database", error=str(error).splitlines()[0])
        return "unreachable"


def schema_state(connection: Connection) -> str:
    """As `database_state`, of a database that answers; raises SQLAlchemy's errors."""
    try:
        applied = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    except ProgrammingError:
        connection.rollback()
        return "lacks its tables"
    return "ok" if _has_all_revisions(set(applied)) else "lacks a revision"


def _has_all_revisions(applied: set[str]) -> bool:
    """Whether the database is at our head, or at a newer one that this (older) code does not know."""
    script = _revisions(_migrations())
    if applied == set(script.get_heads()):
        return True
    try:
        script.get_revisions(tuple(applied))
    except CommandError:  # Alembic's way to say that it knows no such revision: newer code made it
        return True
    return False


def _migrations() -> str:
    config: Config = current_app.extensions["migrate"].migrate.get_config()
    return config.get_main_option("script_location") or "migrations"


@cache
def _revisions(folder: str) -> ScriptDirectory:
    # Probes come every few seconds, and a release's revisions don't change while it runs.
    return ScriptDirectory(folder)


def _queue() -> str:
    try:
        redis_client().ping()
    except RedisError as error:
        log.warning("readyz_queue", error=str(error))
        return "unreachable"
    return "ok"
