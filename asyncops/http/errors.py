"""Every refusal and every failure becomes the same kind of problem+json, here and nowhere else."""

from __future__ import annotations

import re
import traceback
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, g, request
from marshmallow import ValidationError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from asyncops import error_reports
from asyncops.errors import (
    AppError,
    Conflict,
    Forbidden,
    Invalid,
    InvalidState,
    NotFound,
    NotSignedIn,
    Stale,
)
from asyncops.extensions import settings
from asyncops.http.problem import problem

log = structlog.get_logger(__name__)

STATUS_OF_KIND: dict[type[AppError], int] = {
    InvalidState: 400,
    NotSignedIn: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
}
RETRY_AFTER_SECONDS = "5"
SENTENCES = {HTTPStatus.TOO_MANY_REQUESTS: "Too many attempts; try again after the time in Retry-After."}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(AppError, _refused)
    app.register_error_handler(HTTPException, _http_error)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)
    app.register_error_handler(Exception, _failed)


def _refused(error: AppError) -> Response:
    status = next(STATUS_OF_KIND[kind] for kind in type(error).__mro__ if kind in STATUS_OF_KIND)
    extra: dict[str, Any] = {}
    if isinstance(error, Invalid):
        extra["errors"] = error.errors
    if isinstance(error, Stale) and error.current is not None:
        extra["current"] = error.current
    return problem(status, error.code, str(error), **extra)


def _http_error(error: HTTPException) -> Response:
    if error.response is not None:  # a redirect, or what somebody built whole
        return error.response  # type: ignore[return-value]
    status = HTTPStatus(error.code or 500)
    code = re.sub(r"\W+", "_", status.phrase.lower())
    data = getattr(error, "data", None) or {}  # webargs hangs its messages here
    headers = {
        name: value for name, value in error.get_headers() if name.lower() not in {"content-type", "content-length"}
    }
    if "messages" in data:
        errors = flatten(data["messages"])
        if status == HTTPStatus.UNPROCESSABLE_ENTITY:
            return problem(status, "invalid", Invalid.detail, errors=errors)
        return problem(status, code, next(iter(errors.values()))[0])
    detail = SENTENCES.get(status) or error.description or status.phrase
    return problem(status, code, detail, headers=headers)


def _database_away(error: DBAPIError | PoolTimeout) -> Response:
    log.error("database_unavailable", error=str(error).splitlines()[0])
    busy = isinstance(getattr(error, "orig", None), QueryCanceled | DeadlockDetected | LockNotAvailable)
    reason = "is too busy for this" if busy else "can't be reached"
    return problem(
        503,
        "database_busy" if busy else "database_unavailable",
        # A connection that broke at the commit leaves open whether it was one.
        f"The database {reason} just now. Try again in a moment; before you repeat a write, look whether it was saved.",
        headers={"Retry-After": RETRY_AFTER_SECONDS},
    )


def _failed(error: Exception) -> Response:
    log.error("request_failed", exc_info=error)
    error_reports.report(
        error,
        route=f"{request.method} {request.url_rule.rule}" if request.url_rule else None,
        request_id=g.get("request_id"),
        user_id=g.actor.id if "actor" in g else None,
    )
    detail = "Something went wrong on our side. Quote the request id when you report it."
    if not settings().in_production:
        detail = "".join(traceback.format_exception_only(error)).strip()
    return problem(500, "internal_server_error", detail)


def flatten(messages: Any) -> dict[str, list[str]]:
    """Turn webargs' nested messages into `field -> messages`: `tags.0` for an item, `_` for the whole."""
    found: dict[str, list[str]] = {}

    def walk(node: Any, path: list[str]) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                walk(value, path if key == "_schema" else [*path, str(key)])
        else:
            texts = [str(text) for text in (node if isinstance(node, list) else [node])]
            found.setdefault(".".join(path) or "_", []).extend(texts)

    for location in messages.values() if isinstance(messages, dict) else [messages]:
        walk(location, [])
    return found


def invalid(error: ValidationError) -> Invalid:
    """A marshmallow error raised outside the parser, as the refusal it is."""
    return Invalid(flatten({"": error.messages}))
