"""Rate limits for the few routes that guessing would target, kept in Redis, in memory while it is away."""

from __future__ import annotations

from typing import Any

from flask import Flask, request

from asyncops.config import Settings
from asyncops.extensions import client_address, limiter

by_address = limiter.shared_limit("60/minute;600/hour", scope="credentials", key_func=client_address)
"""For each address, over all the routes that take or give credentials."""


def _account() -> str:
    # As the sign-in itself reads it, or a decoy beside the account would escape the limit.
    body: Any = request.get_json(silent=True) if request.is_json else None
    name = body.get("email") if isinstance(body, dict) else request.form.get("username")
    return f"{request.endpoint}:{str(name).strip().casefold()}"[:300]


by_account = limiter.limit("10/minute;50/hour", key_func=_account)
"""For each account that somebody tries, whatever addresses they come from."""


def init_app(app: Flask, settings: Settings) -> None:
    """Configure the limiter; limits show in `RateLimit-*` headers and `Retry-After`."""
    app.config.update(
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.redis_url,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_HEADER_LIMIT="RateLimit-Limit",
        RATELIMIT_HEADER_REMAINING="RateLimit-Remaining",
        RATELIMIT_HEADER_RESET="RateLimit-Reset",
        RATELIMIT_HEADER_RETRY_AFTER_VALUE="delta-seconds",
    )
    limiter.init_app(app)
