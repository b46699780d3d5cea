"""Each request has an id, a log line and safe headers."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Flask, Response, after_this_request

from asyncops.extensions import client_address, this_g, this_request
from asyncops.http.https_only import Front

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


def init_app(app: Flask, front: Front) -> None:
    """Register before anything else that looks at requests."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())
    app.wsgi_app = _SafeHeaders(app.wsgi_app, front)  # type: ignore[method-assign]


class _SafeHeaders:
    """Adds to every answer of Flask's what is always the same. Here, since Flask would copy each of them twice."""

    def __init__(self, application: WSGIApplication, front: Front) -> None:
        self._application = application
        self._front = front

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        more = {**SECURITY_HEADERS, **self._front.headers(environ)}
        if environ["PATH_INFO"].startswith("/admin/jobs"):
            more["Content-Security-Policy"] = JOBS_CONTENT_SECURITY_POLICY

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, headers + list(more.items()), *exc_info)

        return self._application(environ, start)


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
    here = this_g()
    given = this_request().environ.get("HTTP_X_REQUEST_ID", "")
    request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    here.request_id, here.started = request_id, time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request_id)


def _end(response: Response) -> Response:
    headers, asked, here = response.headers, this_request(), this_g()
    path, rule, actor = asked.path, asked.url_rule, here.get("actor")
    headers["X-Request-ID"] = here.request_id
    if path.startswith("/api/") and "Cache-Control" not in headers:
        headers["Cache-Control"] = "private, no-cache"  # a cache may keep it, and must ask each time
    if path not in _QUIET:
        log.info(
            "request",
            method=asked.method,
            path=path,
            route=rule and rule.rule,
            status=response.status_code,
            duration_ms=round((time.perf_counter() - here.started) * 1000, 1),
            user_id=actor and actor.id,
            address=client_address(),
        )
    return response
