"""The one shape of every error: application/problem+json (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, current_app, g
from marshmallow import Schema, fields

CONTENT_TYPE = "application/problem+json"


class Problem(Schema):
    """What went wrong, for people (`detail`) and programs (`code`)."""

    type = fields.String(required=True, metadata={"description": "about:blank: the code says it"})
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True, metadata={"description": "A sentence a person can read"})
    code = fields.String(required=True, metadata={"description": "Stable name of the kind of error"})
    errors = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "On 422: messages for each field, `_` for the whole body"},
    )
    current = fields.Dict(metadata={"description": "On 412: the record as it is now"})
    request_id = fields.String(required=True)


def problem(status: int, code: str, detail: str, *, headers: dict[str, str] | None = None, **extra: Any) -> Response:
    """Build the answer for an error; `extra` adds `errors` or `current`."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
        "request_id": g.get("request_id", ""),
    }
    answer = current_app.response_class(
        current_app.json.dumps(body), status=status, content_type=CONTENT_TYPE, headers=headers
    )
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer
