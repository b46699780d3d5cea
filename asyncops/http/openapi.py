"""The generated OpenAPI document and the page that shows it, both served from here."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import flask_smorest
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_instance
from flask import Blueprint, Flask, Response, send_from_directory
from werkzeug.routing import IntegerConverter

from asyncops.errors import NotFound
from asyncops.http.problem import CONTENT_TYPE, Problem
from asyncops.pagination import MAX_ID

VERSION = "1"
_ASSETS = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})


class IdConverter(IntegerConverter):
    """`<id:...>` in a route: 1 to 2^31-1, anything else is no such page."""

    def __init__(self, url_map: Any) -> None:
        """Bound the value, here and in the document."""
        super().__init__(url_map, min=1, max=MAX_ID)


class Api(flask_smorest.Api):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's API whose errors are problem+json, in the answers and in the document."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to `asyncops.http.errors`."""

    def _register_responses(self) -> None:
        super()._register_responses()
        for response in self.spec.components.responses_lazy.values():
            content = response.get("content", {})
            if "application/json" in content:
                content[CONTENT_TYPE] = content.pop("application/json")


def schema_name(schema: Any) -> str:
    """What a schema is called in the document: `StatusUpdate`, `StatusUpdateIn`, `StatusUpdatePatch`."""
    given = resolve_schema_instance(schema)
    name = type(given).__name__
    return name.removesuffix("In") + "Patch" if given.partial else name.removesuffix("Out")


def init_app(app: Flask) -> Api:
    """Serve `/api/openapi.json` and `/api/docs`; gives the API to register blueprints with."""
    app.config.update(
        API_TITLE="AsyncOps",
        API_VERSION=VERSION,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api",
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "A hub for teams that work asynchronously. Errors are problem+json (RFC 9457)."},
            "servers": [{"url": "/"}],
            "security": [{"password": []}, {"bearer": []}],
            "components": {
                "securitySchemes": {
                    "password": {
                        "type": "oauth2",
                        "description": "Your e-mail and password",
                        "flows": {"password": {"tokenUrl": "/api/auth/login", "scopes": {}}},
                    },
                    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                }
            },
        },
    )
    app.url_map.converters["id"] = IdConverter
    api = Api(spec_kwargs={"marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=schema_name)})
    api.init_app(app)
    app.register_blueprint(docs)
    return api


docs = Blueprint("docs", __name__, url_prefix="/api/docs")


@docs.get("")
def page() -> Response:
    """Swagger UI."""
    return send_from_directory(str(files("asyncops.http") / "docs"), "index.html")


@docs.get("/start.js")
def start() -> Response:
    """The few lines that start Swagger UI; a file, because the CSP allows no inline script."""
    return send_from_directory(str(files("asyncops.http") / "docs"), "start.js")


@docs.get("/assets/<name>")
def asset(name: str) -> Response:
    """Swagger UI's own files, from its Python package."""
    if name not in _ASSETS:
        raise NotFound
    return send_from_directory(str(files("flask_swagger_ui") / "dist"), name, max_age=86_400)
