"""JSON log lines with the ids of the request and the job they belong to."""

import json
import logging

import pytest
import structlog

from asyncops.database_metrics import MeasuredPool, ReplicaPool


@pytest.fixture
def lines(logged):
    return lambda: [json.loads(line) for line in logged().splitlines()]


def test_a_request_is_one_line_that_says_what_was_asked_and_what_came_of_it(client, lines):
    client.get("/api/status?search=private", headers={"X-Request-ID": "request-1"})

    (line,) = [line for line in lines() if line["event"] == "request"]
    assert {key: line[key] for key in ("method", "path", "route", "status", "request_id", "level", "address")} == {
        "method": "GET",
        "path": "/api/status",
        "route": "/api/status",
        "status": 401,
        "request_id": "request-1",
        "level": "info",
        "address": "127.0.0.1",
    }
    assert line["timestamp"].endswith("Z")
    assert "private" not in str(line)  # what people search for is nobody's business


def test_probes_are_not_logged(client, lines):
    client.get("/healthz")

    assert lines() == []


def test_libraries_speak_json_too(lines):
    logging.getLogger("some.library").warning("disk %s is %d %% full", "a", 91)

    (line,) = lines()
    assert (line["event"], line["level"], line["logger"]) == ("disk a is 91 % full", "warning", "some.library")


def test_pools_of_connections_say_nothing_of_their_own_accord(app, lines):
    with app.app_context():
        for pool in (MeasuredPool, ReplicaPool):
            pool(lambda: None).dispose()

    assert lines() == []


def test_an_exception_keeps_its_trace_on_the_one_line(lines):
    try:
        json.loads("the reason")
    except ValueError:
        structlog.get_logger("asyncops.test").exception("it_failed")

    (line,) = lines()
    assert "JSONDecodeError" in line["exception"]
    assert "test_logging.py" in line["exception"]


def test_a_job_that_fails_says_which_one_and_for_whom(lines, enqueue, work):
    structlog.contextvars.bind_contextvars(request_id="request-3")
    enqueue("daily_summaries.generate", "no-date")
    structlog.contextvars.clear_contextvars()
    work()

    (line,) = [line for line in lines() if line["event"] == "job_failed"]
    assert (line["job"], line["ids"], line["request_id"]) == ("daily_summaries.generate", ["no-date"], "request-3")
    assert "Invalid isoformat" in line["exception"]


def test_a_job_is_one_line_with_its_own_and_its_requests_id(lines, enqueue, work):
    structlog.contextvars.bind_contextvars(request_id="request-2")
    enqueue("identity.purge_expired")
    structlog.contextvars.clear_contextvars()
    work()

    (line,) = [line for line in lines() if line["event"] == "job"]
    assert (line["job"], line["request_id"]) == ("identity.purge_expired", "request-2")
    assert line["job_id"]
    assert line["duration_ms"] >= 0
