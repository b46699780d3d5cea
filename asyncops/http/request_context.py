"""Each request has an id, a log line and safe headers."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from flask import Flask, Response, after_this_request, g, request

from asyncops.extensions import client_address

log = structlog.get_logger("asyncops.request")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,128}")
_QUIET = {"/healthz", "/readyz", "/metrics"}  # asked every few seconds, by machines

CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# rq-dashboard's pages build functions from strings and have inline scripts; only administrators reach them.
JOBS_CONTENT_SECURITY_POLICY = CONTENT_SECURITY_POLICY.replace(
    "script-src 'self'", "script-src 'self' 'unsafe-inline' 'unsafe-eval'"
)

SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
}
"""With every answer, those of files included."""


def init_app(app: Flask) -> None:
    """Register before anything else that looks at requests."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())


def not_kept(view: Callable[..., Any]) -> Callable[..., Any]:
    """For a view whose answer holds what lets somebody in: no browser may keep it, not even until it is asked again."""

    @wraps(view)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        @after_this_request
        def _forbid(response: Response) -> Response:
            response.headers["Cache-Control"] = "no-store"
            return response

        return view(*args, **kwargs)

    return wrapped


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _end(response: Response) -> Response:
    headers, path = response.headers, request.path
    headers["X-Request-ID"] = g.request_id
    if response.status_code < HTTPStatus.BAD_REQUEST:
        headers.pop("Retry-After", None)  # Flask-Limiter sends it with every answer
    if path.startswith("/admin/jobs"):
        headers.setdefault("Content-Security-Policy", JOBS_CONTENT_SECURITY_POLICY)
    there = {name.lower() for name in headers.keys()}  # noqa: SIM118 - iterating gives pairs
    for name, value in SECURITY_HEADERS.items():
        if name.lower() not in there:
            headers.add(name, value)
    if path.startswith("/api/") and "cache-control" not in there:
        headers.add("Cache-Control", "private, no-cache")  # a cache may keep it, and must ask each time
    if path not in _QUIET:
        log.info(
            "request",
            method=request.method,
            path=path,
            route=request.url_rule.rule if request.url_rule else None,
            status=response.status_code,
            duration_ms=round((time.perf_counter() - g.started) * 1000, 1),
            user_id=g.actor.id if "actor" in g else None,
            address=client_address(),
        )
    return response
