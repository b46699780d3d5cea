"""JSON as it goes over the wire: orjson, times with six digits and a Z."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import orjson
from flask import current_app
from flask.json.provider import JSONProvider

from asyncops.clock import format_time


def _default(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def wire(answer: Any) -> bytes:
    """What an `Answer` wrote, see there: times that orjson tells in the same way are still times in it."""
    return orjson.dumps(answer, default=_default, option=orjson.OPT_UTC_Z)


class OrjsonProvider(JSONProvider):
    """Flask's JSON through orjson: strict on input, several times faster on output."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:  # noqa: ARG002 - options of the standard library's encoder
        """Serialise to text."""
        return orjson.dumps(obj, default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:  # noqa: ARG002 - as above
        """Parse; raises ValueError for anything that is not strict JSON."""
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        """A response with the serialised arguments as its body."""
        body = orjson.dumps(
            self._prepare_response_obj(args, kwargs), default=_default, option=orjson.OPT_PASSTHROUGH_DATETIME
        )
        return current_app.response_class(body, mimetype="application/json")
