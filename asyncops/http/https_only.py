"""In production people are served over TLS alone. It ends at a proxy, whose X-Forwarded-Proto says how they came."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from asyncops.config import Settings
from asyncops.extensions import settings
from asyncops.http.problem import problem

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What balancers and scrapers ask, without TLS, by address."""

# Without includeSubDomains: what else runs under this name is not ours to decide.
HSTS = "max-age=31536000"


def init_app(app: Flask, settings: Settings) -> None:
    """Register where it applies; without a proxy that is trusted nobody can tell how a request came."""
    if settings.in_production:
        app.after_request(_remember)
        if settings.trusted_proxies:
            app.before_request(_insist)


def _insist() -> AnyResponse | None:
    if request.is_secure or request.path in PROBES or request.routing_exception is not None:
        return None
    if request.method in {"GET", "HEAD"}:
        # To our own name and not to the one in the request, which is the caller's word.
        return redirect(settings().base_url + request.full_path.removesuffix("?"), HTTPStatus.MOVED_PERMANENTLY)
    return problem(403, "https_required", "This is served over https only. What was sent has travelled in the clear.")


def _remember(response: Response) -> Response:
    if request.is_secure:
        response.headers["Strict-Transport-Security"] = HSTS
    return response
