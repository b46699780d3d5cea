"""Whether somebody asks us directly: a scraper, a load balancer's probe, and not the world through a proxy."""

from __future__ import annotations

from flask import request

SET_BY_PROXIES = ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via")


def is_direct() -> bool:
    """Whether no proxy has left its mark on the request."""
    return not any(name in request.headers for name in SET_BY_PROXIES)
