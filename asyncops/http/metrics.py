"""How many requests there are, how long they take and how they end; and the page that tells it, `/metrics`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from functools import cache, partial

from flask import Blueprint, Flask, Response, current_app
from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics_core import GaugeMetricFamily, Metric

from asyncops.errors import NotFound
from asyncops.extensions import settings, this_g, this_request
from asyncops.http.health import schema_state
from asyncops.http.peers import is_direct
from asyncops.jobs import metrics as jobs
from asyncops.metrics import CONTENT_TYPE, SECONDS, Source, connections, database_gauges, exposition, registry
from asyncops.probe import probe
from asyncops.replica import Replica, find_replica, primary_says

ANSWER_WITHIN_SECONDS = 1.0
"""As long as the database and Redis may take to say what they know."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
UNMATCHED = "unmatched"
"""The route of what no route answers: its path is anybody's choice, and each would be a series for ever."""

DURATION = Histogram(
    "asyncops_http_request_duration_seconds",
    "How long requests took, by method, route template and status class",
    ["method", "route", "status"],
    buckets=SECONDS,
    registry=registry,
)
RESPONSES = Counter("asyncops_http_responses_total", "Answers, by their exact status", ["status"], registry=registry)
IN_FLIGHT = Gauge(
    "asyncops_http_requests_in_flight",
    "Requests that are being answered",
    multiprocess_mode="livesum",
    registry=registry,
)

blp = Blueprint("metrics", __name__)


def init_app(app: Flask) -> None:
    """Measure every request. Register before anything else: what is measured is all of the others."""
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_leave)


def _begin() -> None:
    this_g().measured_from = time.perf_counter()
    IN_FLIGHT.inc()


def _end(response: Response) -> Response:
    asked = this_request()
    rule = asked.url_rule
    method = asked.method if asked.method in METHODS else "other"
    status = response.status_code
    _duration(method, UNMATCHED if rule is None else rule.rule, status // 100).observe(
        time.perf_counter() - this_g().measured_from
    )
    _responses(status).inc()
    return response


def _leave(_error: BaseException | None) -> None:
    if "measured_from" in this_g():
        IN_FLIGHT.dec()


@cache
def _duration(method: str, route: str, status_class: int) -> Histogram:
    return DURATION.labels(method, route, f"{status_class}xx")


@cache
def _responses(status: int) -> Counter:
    return RESPONSES.labels(str(status))


@blp.get("/metrics")
def exposed() -> Response:
    """For Prometheus, which asks each web target directly; through a proxy there is nothing here."""
    if not is_direct():
        raise NotFound
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined] # noqa: SLF001 - for other threads
    sources = [
        Source("asyncops_database_up", "Whether the database answers", partial(_database, app)),
        Source("asyncops_queue_up", "Whether Redis answers", partial(jobs.look, settings().redis_url)),
    ]
    if found := find_replica():
        sources.append(
            Source("asyncops_replica_up", "Whether the replica is good enough", partial(_replica, app, found))
        )
    answer = Response(exposition(sources, within=ANSWER_WITHIN_SECONDS), content_type=CONTENT_TYPE)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _database(app: Flask) -> Iterator[Metric]:
    with app.app_context(), probe() as connection:
        ready = schema_state(connection) == "ok"
        yield GaugeMetricFamily(
            "asyncops_database_schema_ready", "Whether the database has all that this code needs", ready
        )
        yield from connections(connection)
        yield from database_gauges(connection)


def _replica(app: Flask, replica: Replica) -> Iterator[Metric]:
    with app.app_context(), probe() as connection:
        lag = replica.look(primary_says(connection))
    yield GaugeMetricFamily("asyncops_replica_lag_seconds", "How far the replica is behind, at most", lag)
