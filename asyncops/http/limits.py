"""Rate limits for the few routes that guessing would target, kept in Redis, in memory while it is away."""

from __future__ import annotations

from functools import cache
from http import HTTPStatus
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from asyncops.config import Settings
from asyncops.extensions import client_address, limiter, this_request
from asyncops.http.auth import current_actor


def _caller() -> str:
    """The caller's address; of IPv6 the network of it, since whoever has one address there has all of its 2^64."""
    try:
        address = ip_address(client_address())
    except ValueError:
        return client_address()
    if isinstance(address, IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


by_address = limiter.shared_limit("60/minute;600/hour", scope="credentials", key_func=_caller)
"""For each address, over all the routes that take or give credentials."""


def _account() -> str:
    # As the sign-in itself reads it, or a decoy beside the account would escape the limit.
    try:
        body: Any = request.get_json(silent=True) if request.is_json else None
        name = body.get("email") if isinstance(body, dict) else request.form.get("username")
    except HTTPException:  # the view refuses this body; an error here would pass for a broken storage
        name = None
    return f"{request.endpoint}:{str(name).strip().lower()}"[:300]


def _account_from_address() -> str:
    return f"{_account()}:{_caller()}"


def _failed(response: Response) -> bool:
    return response.status_code == HTTPStatus.UNAUTHORIZED


by_account = [
    limiter.limit("10/minute;50/hour", key_func=_account_from_address),
    limiter.limit("100/hour", key_func=_account),
]
"""For each account that one address asks about; and a bound over all addresses, on how many mails somebody gets."""

by_person = limiter.limit("20/minute;100/hour", key_func=lambda: str(current_actor().id))
"""For each person, on what sends something out of the building."""

by_own_guesses = limiter.limit("10/minute;50/hour", key_func=lambda: f"own:{current_actor().id}")
"""For each person, on what asks for the password again: who took a session over must not find it out."""

by_guesses = [
    limiter.limit("10/minute;50/hour", key_func=_account_from_address, deduct_when=_failed),
    limiter.limit("200/hour", key_func=_account, deduct_when=_failed),
]
"""Failed sign-ins: few from one address, so that a stranger can't lock anybody out; and a bound over all addresses."""


_EVERY = {by_address, by_person, by_own_guesses, *by_account, *by_guesses}
"""They stand among the `decorators` of views, where `_ask_only_where_limited` looks for them; a test holds that."""


def init_app(app: Flask, settings: Settings) -> None:
    """Configure the limiter; limits show in `RateLimit-*` headers and `Retry-After`."""
    app.config.update(
        RATELIMIT_ENABLED=settings.ratelimit_enabled,
        RATELIMIT_STORAGE_URI=settings.redis_url,
        RATELIMIT_STORAGE_OPTIONS={"socket_connect_timeout": 1, "socket_timeout": 1},
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_STRATEGY="moving-window",  # fixed windows let twice as many through around their edges
        RATELIMIT_HEADERS_ENABLED=True,
        RATELIMIT_HEADER_LIMIT="RateLimit-Limit",
        RATELIMIT_HEADER_REMAINING="RateLimit-Remaining",
        RATELIMIT_HEADER_RESET="RateLimit-Reset",
        RATELIMIT_HEADER_RETRY_AFTER_VALUE="delta-seconds",
    )
    limiter.init_app(app)
    if settings.ratelimit_enabled:
        _ask_only_where_limited(app)


def _ask_only_where_limited(app: Flask) -> None:
    """Flask-Limiter looks for limits at every request. Most routes have none, and looking costs as much as they do."""

    @cache  # the routes are known when the first request comes
    def limited() -> frozenset[str]:
        views = {name: getattr(view, "view_class", None) for name, view in app.view_functions.items()}
        return frozenset(name for name, view in views.items() if view and _EVERY & set(view.decorators))

    hooks: list[Any] = [app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs]
    check, tell, forget = (by_scope[None].pop() for by_scope in hooks)  # what the limiter has just added

    def before() -> Any:
        if this_request().endpoint not in limited():
            return None
        forget()
        return check()

    def after(response: Response) -> Response:
        if this_request().endpoint not in limited():
            return response
        told: Response = tell(response)
        if told.status_code < HTTPStatus.BAD_REQUEST:
            told.headers.pop("Retry-After", None)  # it says so with every answer
        return told

    app.before_request(before)
    app.after_request(after)
