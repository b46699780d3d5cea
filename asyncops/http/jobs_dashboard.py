"""The jobs dashboard (rq-dashboard) at `/admin/jobs`, for signed-in administrators only."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import rq_dashboard
import rq_dashboard.web
from flask import Flask, Response, current_app, request
from markupsafe import escape
from redis.exceptions import RedisError
from rq.exceptions import InvalidJobOperation, NoSuchJobError
from werkzeug.exceptions import MethodNotAllowed

from asyncops.config import Settings
from asyncops.errors import Forbidden, NotFound
from asyncops.http.auth import authenticate_by_cookie, current_actor, guard_blueprint
from asyncops.http.origins import is_foreign
from asyncops.http.problem import problem
from asyncops.jobs.serializer import JSONSerializer

URL_PREFIX = "/admin/jobs"
BLUEPRINT = "rq_dashboard"
QUOTING = frozenset({"exc_info", "description", "call_string", "result"})
TIMEOUTS = {"socket_connect_timeout": "1", "socket_timeout": "2"}  # seconds; its pages ask every five


def init_app(app: Flask, settings: Settings) -> None:
    """Serve the dashboard behind a guard: its own pages check neither who asks nor where a POST comes from."""
    app.config.update(RQ_DASHBOARD_REDIS_URL=_with_timeouts(settings.redis_url), RQ_DASHBOARD_POLL_INTERVAL=5000)
    rq_dashboard.web.config.serializer = JSONSerializer
    rq_dashboard.web.setup_rq_connection(app)
    app.register_blueprint(rq_dashboard.blueprint, url_prefix=URL_PREFIX)
    app.after_request_funcs.setdefault(BLUEPRINT, []).append(_escape)
    app.url_build_error_handlers.append(_favicon_of_host)
    guard_blueprint(app, BLUEPRINT, _guard)
    app.before_request_funcs.setdefault(BLUEPRINT, []).insert(0, _only_our_redis)
    app.register_error_handler(NoSuchJobError, lambda _: problem(404, "not_found", "There is no such job"))
    app.register_error_handler(
        InvalidJobOperation, lambda _: problem(400, "job_not_failed", "Only a failed job can be queued again")
    )
    app.register_error_handler(
        RedisError,
        lambda _: problem(503, "queue_unavailable", "The queue can't be reached", headers={"Retry-After": "5"}),
    )


def _with_timeouts(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode({**TIMEOUTS, **dict(parse_qsl(parts.query))})))


def _favicon_of_host(error: Exception, endpoint: str, values: dict[str, Any]) -> str:  # noqa: ARG001 - Flask's signature
    # The dashboard's pages link an icon in the host application's static folder, and we have none.
    if endpoint == "static":
        return f"{URL_PREFIX}/favicon.ico"
    raise error


def _only_our_redis() -> None:
    # The dashboard counts Redis instances and fails with a 500 for a number it does not have.
    if (request.view_args or {}).get("instance_number", 0) != 0:
        raise NotFound


def _guard() -> None:
    """Let an administrator's browser in; raises NotSignedIn or Forbidden. Runs before each of the dashboard's views."""
    authenticate_by_cookie()
    if not current_actor().is_admin:
        raise Forbidden
    if request.endpoint == "rq_dashboard.requeue_all" and request.method != "POST":
        raise MethodNotAllowed(["POST"])  # a link or an image could trigger it
    if request.method not in {"GET", "HEAD"}:
        _require_same_origin()


def _require_same_origin() -> None:
    if is_foreign() or "Origin" not in request.headers:
        raise Forbidden("This can only be done from the dashboard itself")


def _escape(response: Response) -> Response:
    # The pages put these into their HTML as they are; an error text may quote what somebody wrote.
    if response.is_json:
        response.set_data(current_app.json.dumps(_escaped(response.get_json())))
    return response


def _escaped(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _escaped(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_escaped(inner, name) for inner in value]
    return str(escape(value)) if name in QUOTING and isinstance(value, str) else value
