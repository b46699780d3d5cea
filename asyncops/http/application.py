"""The Flask application class: the edge at which a request's one transaction begins and ends."""

from __future__ import annotations

from flask import Flask, request
from flask.typing import ResponseReturnValue

from asyncops.http.auth import authenticate
from asyncops.http.json import OrjsonProvider
from asyncops.transaction import unit_of_work


class Application(Flask):
    """Flask whose every dispatch is one unit of work.

    Wrapping the dispatch, and not `after_request`, means that a refusal, a failed serialisation and a failed commit
    all pass through the same error handlers.
    """

    json_provider_class = OrjsonProvider

    def dispatch_request(self) -> ResponseReturnValue:
        """Authenticate and run the view in one transaction; unknown routes are refused before it opens."""
        if request.routing_exception is not None:
            self.raise_routing_exception(request)
        with unit_of_work():
            authenticate()
            return self.make_response(super().dispatch_request())
