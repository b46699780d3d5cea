"""Who is asking. Every route wants a signed-in person unless the composition root lists it as public."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from flask import Flask, after_this_request, current_app, g, request
from flask_jwt_extended import (
    create_access_token,
    decode_token,
    set_access_cookies,
    unset_jwt_cookies,
    verify_jwt_in_request,
)
from flask_jwt_extended.exceptions import CSRFError, JWTExtendedException
from jwt.exceptions import ExpiredSignatureError, PyJWTError

from asyncops.actor import Actor
from asyncops.config import Settings
from asyncops.errors import NotSignedIn
from asyncops.extensions import this_g, this_request
from asyncops.http.origins import is_foreign

KEPT_VERIFIED = 1_000
"""So many tokens are remembered as verified, in each process."""
SHOWN = ("HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_X_CSRF_TOKEN", "REQUEST_METHOD")
"""What of a request decides about its token."""


@dataclass(frozen=True, slots=True)
class Token:
    """What a verified access token says. `generation` is compared with the account's; `id` can be revoked."""

    id: UUID
    user_id: int
    generation: int
    ends: int  # in seconds since 1970

    @property
    def expires_at(self) -> datetime:
        """When it ends by itself."""
        return datetime.fromtimestamp(self.ends, UTC)


class TokenCheck(Protocol):
    """What the composition root hands in: the token's actor, or NotSignedIn (revoked), or Forbidden (inactive)."""

    def __call__(self, *, user_id: int, token_id: UUID, generation: int, request_id: str | None) -> Actor:
        """Ask the database, each time."""


def init_app(app: Flask, settings: Settings, *, public: frozenset[str], check: TokenCheck) -> None:
    """Configure tokens; `public` names the endpoints that anybody may call."""
    app.config.update(
        JWT_SECRET_KEY=settings.jwt_secret_key,
        JWT_ALGORITHM="HS256",
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(hours=settings.token_hours),
        JWT_TOKEN_LOCATION=["headers", "cookies"],
        JWT_COOKIE_SECURE=settings.in_production,
        # Browsers take a cookie with this prefix from this very host alone: a neighbour under the same domain can't put
        # a visitor into a session of its choice. Without TLS they would not take it from us either.
        JWT_ACCESS_COOKIE_NAME="__Host-access_token" if settings.in_production else "access_token_cookie",
        JWT_COOKIE_SAMESITE="Lax",
        JWT_SESSION_COOKIE=False,
    )
    app.extensions["asyncops.public"] = public
    app.extensions["asyncops.token_check"] = check
    app.extensions["asyncops.guards"] = {}
    app.extensions["asyncops.verified"] = {}


def guard_blueprint(app: Flask, blueprint: str, guard: Callable[[], None]) -> None:
    """Let `guard` decide about a foreign blueprint's views, instead of `authenticate`."""
    app.extensions["asyncops.guards"][blueprint] = guard


def authenticate() -> None:
    """Find out who asks, before the view runs; raises NotSignedIn or Forbidden. Public routes ask nobody."""
    asked, known = this_request(), current_app.extensions
    if guard := known["asyncops.guards"].get(asked.blueprint):
        guard()
        return
    if asked.endpoint in known["asyncops.public"] or asked.method == "OPTIONS":
        return
    try:
        token = _verified_token()
    except CSRFError as error:
        raise NotSignedIn("The X-CSRF-TOKEN header is missing or wrong") from error
    except ExpiredSignatureError as error:
        raise NotSignedIn("The session has expired; sign in again") from error
    except (JWTExtendedException, PyJWTError) as error:
        raise NotSignedIn from error
    _accept(token)


def _verified_token() -> Token:
    """What the request's token says; raises what Flask-JWT-Extended raises, or NotSignedIn.

    All that it looks at is in the key, but for the time: who shows the same again is known without a signature's
    arithmetic, until the token expires. Whether the token was revoked and who may come in is asked each time, later.
    """
    shown = tuple(map(this_request().environ.get, SHOWN))
    verified: dict[Any, Token] = current_app.extensions["asyncops.verified"]
    token = verified.get(shown)
    if token is not None and time.time() < token.ends:
        return token
    _, claims = verify_jwt_in_request() or ({}, {})
    if len(verified) >= KEPT_VERIFIED:
        verified.clear()
    token = verified[shown] = _read(claims)
    return token


def authenticate_by_cookie() -> None:
    """As `authenticate`, for pages that can't send a CSRF header; the caller must check the request's origin."""
    try:
        _accept(_read(decode_token(request.cookies.get(current_app.config["JWT_ACCESS_COOKIE_NAME"], ""))))
    except (JWTExtendedException, PyJWTError) as error:
        raise NotSignedIn from error


def _read(claims: dict[str, Any]) -> Token:
    try:
        return Token(
            id=UUID(claims["jti"]),
            user_id=int(claims["sub"]),
            generation=int(claims["gen"]),
            ends=int(claims["exp"]),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:  # signed with our key, yet none of our tokens
        raise NotSignedIn from error


def _accept(token: Token) -> None:
    here = this_g()
    here.token = token
    check: TokenCheck = current_app.extensions["asyncops.token_check"]
    here.actor = check(
        user_id=token.user_id, token_id=token.id, generation=token.generation, request_id=here.get("request_id")
    )


def session_left_behind() -> Token | None:
    """The session that this browser still has and is about to replace by signing in; None for another site's form."""
    if is_foreign():
        return None
    try:
        return _read(decode_token(request.cookies.get(current_app.config["JWT_ACCESS_COOKIE_NAME"], "")))
    except (JWTExtendedException, PyJWTError, NotSignedIn):
        return None


def current_actor() -> Actor:
    """The signed-in person; only in routes that are not public."""
    actor: Actor = g.actor
    return actor


def current_token() -> Token:
    """The token that came with the request; only in routes that are not public."""
    token: Token = g.token
    return token


def issue_token(user_id: int, generation: int) -> str:
    """Make an access token and let the answer set the browser's session cookies as well."""
    lifetime: timedelta = current_app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    encoded: str = create_access_token(identity=str(user_id), additional_claims={"gen": generation})

    @after_this_request
    def _set_cookies(response: Any) -> Any:
        response.headers["Cache-Control"] = "no-store"
        if not is_foreign():  # another site's form must not put a visitor into an account of its choice
            set_access_cookies(response, encoded, max_age=int(lifetime.total_seconds()))
        return response

    return encoded


def forget_browser() -> None:
    """Let the answer delete the browser's session cookies."""

    @after_this_request
    def _unset_cookies(response: Any) -> Any:
        unset_jwt_cookies(response)
        response.headers["Clear-Site-Data"] = '"cache"'  # what the browser keeps of the team's data
        return response
