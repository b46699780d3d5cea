"""The Flask application class: the edge at which a request's one transaction begins and ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import SecurityError
from werkzeug.routing import MapAdapter

from asyncops.extensions import this_request
from asyncops.http.auth import authenticate
from asyncops.http.https_only import PROBES, Front
from asyncops.http.json import OrjsonProvider
from asyncops.transaction import unit_of_work

F = TypeVar("F", bound=Callable[..., Any])

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class _NoSessions(SessionInterface):
    """Nothing is kept in Flask's session: who is signed in says the token, and nobody need look for another cookie."""

    def open_session(self, app: Flask, request: Request) -> None:
        """None."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing."""


class Application(Flask):
    """Flask whose every dispatch is one unit of work.

    Wrapping the dispatch, and not `after_request`, means that a refusal, a failed serialisation and a failed commit
    all pass through the same error handlers.
    """

    json_provider_class = OrjsonProvider
    session_interface = _NoSessions()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Refuse a Host that is not ours, except on probes: balancers ask by address."""
        if request is None:
            return super().create_url_adapter(None)
        front: Front = self.extensions["asyncops.front"]
        if request.path not in PROBES and not front.knows(request.environ):
            raise SecurityError("This server is not known by that name; ALLOWED_HOSTS lists those that it is known by")
        return self.url_map.bind_to_environ(request.environ)

    def ensure_sync(self, func: F) -> F:
        """As it is: nothing here is a coroutine, and Flask would look at every hook of every request again."""
        return func

    def dispatch_request(self) -> ResponseReturnValue:
        """Authenticate and run the view in one transaction; unknown routes are refused before it opens."""
        asked = this_request()
        if asked.routing_exception is not None:
            self.raise_routing_exception(asked)
        with unit_of_work(reads_only=asked.method in READS):
            authenticate()
            return self.make_response(super().dispatch_request())
