"""Flask extensions, unbound; `asyncops.app` binds them to an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Request, current_app, g, request
from flask.ctx import _AppCtxGlobals
from flask_cors import CORS
from flask_jwt_extended import JWTManager
from flask_limiter import Limiter
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from asyncops.sessions import RoutedSession, scope

if TYPE_CHECKING:
    from redis import Redis

    from asyncops.config import Settings


def this_request() -> Request:
    """The request itself: each word with Flask's stand-in for it takes three calls more."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - as Flask says
    return found


def this_g() -> _AppCtxGlobals:
    """What Flask's `g` stands for, as `this_request`."""
    found: _AppCtxGlobals = g._get_current_object()  # noqa: SLF001 - as above
    return found


def client_address() -> str:
    """The caller's address; behind proxies the one that they forwarded, see TRUSTED_PROXIES."""
    return this_request().remote_addr or "unknown"


db = SQLAlchemy(session_options={"class_": RoutedSession, "scopefunc": scope})
migrate = Migrate()
jwt = JWTManager()
cors = CORS()
limiter = Limiter(key_func=client_address)


def settings() -> Settings:
    """The running application's settings."""
    found: Settings = current_app.extensions["asyncops.settings"]
    return found


def redis_client() -> Redis:
    """The running application's Redis connection pool. Answers may fail at any time: the database is the truth."""
    found: Redis = current_app.extensions["asyncops.redis"]
    return found
