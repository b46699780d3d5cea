"""The blueprint every module uses: flask-smorest's, with the contract's rules for bodies, ETags, pages and 412."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode
from wsgiref.types import StartResponse, WSGIEnvironment

import flask_smorest
from flask import Request, Response, current_app
from flask_smorest.utils import resolve_schema_instance
from marshmallow import fields
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from asyncops.errors import Stale
from asyncops.extensions import this_request
from asyncops.http import idempotency
from asyncops.http.json import wire
from asyncops.http.schemas import Schema
from asyncops.pagination import TOTAL_CAP, Page

View = Callable[..., Any]


class Parser(FlaskParser):
    """Bodies are JSON or nothing at all; another content type is 415, broken JSON 400."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        super().__init__()
        self._unasked: dict[Any, dict[str, Any]] = {}

    def parse(self, argmap: Any, req: Any = None, *, location: str | None = None, **options: Any) -> Any:
        """As ever; what no query at all means is found out once for each schema."""
        if location != "query" or this_request().query_string:
            return super().parse(argmap, req, location=location, **options)
        if argmap not in self._unasked:
            self._unasked[argmap] = super().parse(argmap, req, location=location, **options)
        return dict(self._unasked[argmap])

    def load_querystring(self, req: Request, schema: Any) -> Any:
        """What of the query the schema knows: for lists all values of a name, else the first."""
        given = req.args
        if not given:
            return {}
        known = {field.data_key or name: field for name, field in schema.fields.items()}
        return {
            name: given.getlist(name) if isinstance(known[name], fields.List) else given[name]
            for name in given
            if name in known
        }

    def load_json(self, req: Request, schema: Any) -> Any:  # noqa: ARG002 - webargs' signature
        """The parsed body, `{}` where there is none."""
        raw = req.get_data(cache=True)
        if not raw:
            return {}
        if not req.is_json:
            raise UnsupportedMediaType("Send JSON, with Content-Type: application/json")
        try:
            return current_app.json.loads(raw)
        except ValueError as error:
            raise BadRequest(f"The body is not valid JSON: {error}") from error


_ETAG = re.compile(r'"v([0-9]{1,10})"')


def versions_in(header: str) -> frozenset[int] | None:
    """The versions named in If-Match or If-None-Match, None for `*`; tags that are not ours name nothing.

    A `W/` is passed over: a proxy that compresses makes tags weak, and the version they carry is the same.
    (werkzeug's parser fails on an empty tag.)
    """
    return None if header.strip() == "*" else frozenset(int(version) for version in _ETAG.findall(header))


class Versions(fields.String):
    """The versions that an If-Match header accepts: a frozen set, or None for `*`."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return versions_in(super()._deserialize(value, attr, data, **kwargs))


class IfMatch(Schema):
    """The condition on a write: the ETag of the version that the caller has seen."""

    if_match = Versions(data_key="If-Match", metadata={"description": "Write only if the record is still this version"})


class JSONAnswer(Response):
    """A body that is whole, with its length. werkzeug is ready for much more, and copies the headers for it."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer."""
        if environ["REQUEST_METHOD"] == "HEAD" or not isinstance(self.response, list):
            return super().__call__(environ, start_response)
        start_response(self.status, self.headers.to_wsgi_list())
        body: list[bytes] = self.response
        return body


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # flask-smorest has no types
    """flask-smorest's blueprint. `record` is the schema in which a 412 shows the record as it is now."""

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, *, record: Schema | None = None, **kwargs: Any) -> None:
        """Make a blueprint; see flask-smorest."""
        super().__init__(name, import_name, **kwargs)
        self._record = record
        self._prepare_doc_cbks.append(_document_idempotency_key)

    def _store_endpoint_docs(self, endpoint: str, *args: Any, **options: Any) -> None:
        """Name each operation after its method and view: `patchIncidentStatus`. Generated clients have these names."""
        super()._store_endpoint_docs(endpoint, *args, **options)
        for method, document in self._docs[endpoint].items():
            if method != "parameters":
                document.setdefault("manual_doc", {}).setdefault("operationId", f"{method}{endpoint}")

    def doc(self, **kwargs: Any) -> Callable[[View], View]:
        """Add to the OpenAPI document by hand; see flask-smorest."""
        decorate: Callable[[View], View] = super().doc(**kwargs)
        return decorate

    def arguments(self, schema: Any, **kwargs: Any) -> Callable[[View], View]:
        """Parse a body, query or headers with a schema; see flask-smorest."""
        decorate: Callable[[View], View] = super().arguments(schema, **kwargs)
        return decorate

    def response(self, status_code: int, schema: Any = None, **kwargs: Any) -> Callable[[View], View]:
        """Dump what the view returns; a record brings its ETag (and a 304), a page its numbers and links.

        What creates (201) heeds the Idempotency-Key.
        """
        document = super().response(status_code, schema, **kwargs)
        shape = resolve_schema_instance(schema)

        def decorate(view: View) -> View:
            @wraps(document(view))  # smorest's has the documentation; it would answer as this does, by a longer way
            def answer(*args: Any, **kw: Any) -> Any:
                try:
                    result = view(*args, **kw)
                except Stale as stale:
                    if self._record is not None:
                        stale.current = self._record.dump(stale.current)
                    raise
                if isinstance(result, Response):
                    return result
                headers = {}
                if isinstance(result, Page):
                    headers["Link"], result = _links(result), _page_body(result)
                elif (version := getattr(result, "version", None)) is not None:
                    headers["ETag"] = f'"v{version}"'
                    if _is_seen(version):
                        return Response(None, HTTPStatus.NOT_MODIFIED, headers)
                if shape is None:
                    return Response(None, status_code, headers)
                return JSONAnswer(wire(shape.dump(result)), status_code, headers, "application/json")

            return idempotency.once(answer) if status_code == HTTPStatus.CREATED else answer

        return decorate


def _document_idempotency_key(document: dict[str, Any], _about: Any, **_: Any) -> dict[str, Any]:
    """Add the header to the parameters of what creates; `Blueprint.doc` would put it in their place."""
    if str(HTTPStatus.CREATED.value) in map(str, document.get("responses", {})):
        document["parameters"] = [*document.get("parameters", []), idempotency.PARAMETER]
    return document


def _is_seen(version: int) -> bool:
    """Whether the caller, who reads, has this version already."""
    asked = this_request()
    seen = asked.environ.get("HTTP_IF_NONE_MATCH")
    if seen is None or asked.method not in {"GET", "HEAD"}:
        return False
    versions = versions_in(seen)
    return versions is None or version in versions


def _page_body(page: Page) -> dict[str, Any]:
    body: dict[str, Any] = {"items": page.items, "limit": page.limit, "next_cursor": page.next_cursor, **page.more}
    if page.total is not None:
        body |= {
            "page": page.number,
            "pages": math.ceil(page.total / page.limit),
            "total": page.total,
            "total_is_capped": page.total_is_capped,
        }
    return body


def _links(page: Page) -> str:
    """RFC 8288: first and next, and prev and last where they exist."""
    asked = this_request()
    kept = [(name, value) for name, value in asked.args.items(multi=True) if name not in {"page", "cursor"}]
    start = f"{asked.path}?{urlencode(kept)}&" if kept else f"{asked.path}?"
    links = {"first": ("page", 1)}
    if page.number is not None and page.total is not None:
        pages = math.ceil(page.total / page.limit)
        if 1 < page.number <= pages + 1:
            links["prev"] = ("page", page.number - 1)
        if not page.total_is_capped and pages:
            links["last"] = ("page", pages)
    targets: dict[str, tuple[str, Any]] = dict(links)
    if page.next_cursor:
        by_number = page.number is not None and page.number * page.limit < TOTAL_CAP
        targets["next"] = ("page", (page.number or 0) + 1) if by_number else ("cursor", page.next_cursor)
    # Numbers and cursors have no characters that an address would have to spell otherwise.
    return ", ".join([f'<{start}{name}={value}>; rel="{rel}"' for rel, (name, value) in targets.items()])
