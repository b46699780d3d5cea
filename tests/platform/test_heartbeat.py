"""The scheduler's line a minute: what waits and what is late, for metrics made of log lines."""

import json
import time

import pytest
import time_machine

from asyncops.extensions import redis_client
from asyncops.heartbeat import beat
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.scheduling import Scheduler


@pytest.fixture
def lines(logged):
    return lambda event="heartbeat": [
        line for line in map(json.loads, logged().splitlines()) if line["event"].startswith(event)
    ]


def test_the_line_counts_what_waits_in_every_queue(app, enqueue, lines):
    enqueue("outbox.send_due")
    enqueue("daily_summaries.generate", "2026-03-02")
    enqueue("daily_summaries.generate", "2026-03-01")

    beat(app)

    (line,) = lines()
    assert (line["level"], line["jobs_waiting"]) == ("info", 3)
    assert line["queues"] == dict.fromkeys(QUEUES, 0) | {"summaries": 2, "notifications": 1}


def test_summaries_and_messages_are_late_after_five_minutes(app, client, make_user, lines):
    with time_machine.travel("2026-03-02T08:58:00Z"):
        user = make_user()
        client.post("/api/auth/forgot-password", json={"email": user.email})
    for now in ("2026-03-02T08:59:00Z", "2026-03-02T09:04:00Z", "2026-03-02T09:06:00Z"):
        with time_machine.travel(now):
            beat(app)

    assert [(line["messages_late"], line["summaries_late"]) for line in lines()] == [(0, 0), (1, 0), (1, 1)]


@pytest.fixture
def without_database(app, make_app):
    return make_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")


def test_without_a_database_the_line_still_says_what_waits(without_database, enqueue, lines):
    enqueue("outbox.send_due")

    beat(without_database)

    warning, line = lines()
    assert warning["event"] == "heartbeat_without_database"
    assert line["jobs_waiting"] == 1
    assert "messages_late" not in line


def test_the_scheduler_beats_once_a_minute(app, monkeypatch):
    beats, clock = [], [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    with app.app_context():
        scheduler = Scheduler((), redis_client(), each_minute=lambda: beats.append(clock[0]))
    for clock[0] in (1000.0, 1002.0, 1059.0, 1060.0, 1062.0, 1121.0):
        scheduler.enqueue_jobs()

    assert beats == [1000.0, 1060.0, 1121.0]
