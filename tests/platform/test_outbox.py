"""The outbox: an attempt is written on the row, the row says when the next is due, and a day later it is given up."""

from datetime import timedelta

import pytest
import time_machine
from rq.registry import ScheduledJobRegistry

from asyncops import outbox
from asyncops.extensions import db, redis_client
from asyncops.jobs.enqueue import queue_named
from asyncops.outbox import LADDER
from asyncops.transaction import unit_of_work

START = "2026-03-02T09:00:00Z"


@pytest.fixture
def row(app):
    """What the database says about the one reset's mail."""

    def row():
        with app.app_context():
            statement = "SELECT due_at, attempts, sent_at, last_error, user_id FROM password_resets"
            return db.session.execute(db.text(statement)).one()

    return row


def test_a_failed_attempt_is_data_and_the_next_one_sends(client, member, work, sweep, disk, row):
    with time_machine.travel(START, tick=False) as now:
        client.post("/api/auth/forgot-password", json={"email": member.email})
        disk.block()
        work()

        failed = row()
        assert (failed.attempts, failed.sent_at) == (1, None)
        assert "mail" in failed.last_error
        assert member.email not in failed.last_error
        assert failed.user_id is None, "else a password change and the next attempt would wait for each other"

        disk.mend()
        sweep()
        assert row().sent_at is None, "before its time"
        now.move_to(failed.due_at)
        sweep()

    sent = row()
    assert (sent.attempts, sent.due_at, sent.last_error) == (2, None, None)
    assert sent.sent_at is not None
    assert sent.user_id == member.id


def test_the_nudge_of_a_short_pause_comes_when_the_row_is_due_and_not_before(app, client, member, work, disk, row):
    with time_machine.travel("2026-03-02T09:00:00.900Z", tick=False):
        client.post("/api/auth/forgot-password", json={"email": member.email})
        disk.block()
        work()

        with app.app_context():
            scheduled = ScheduledJobRegistry(queue=queue_named("notifications", redis_client()))
            (job_id,) = scheduled.get_job_ids()
            assert scheduled.get_scheduled_time(job_id) >= row().due_at


def test_the_pauses_grow_and_end_in_giving_up(client, member, app, work, sweep, disk, row, logged):
    pauses = []
    with time_machine.travel(START, tick=False) as now:
        client.post("/api/auth/forgot-password", json={"email": member.email})
        with app.app_context():  # a reset lives for an hour, the ladder for a day
            db.session.execute(db.text("UPDATE password_resets SET expires_at = '2027-01-01'"))
            db.session.commit()
        disk.block()
        work()
        while (due := row().due_at) is not None:
            pauses.append(due - due.__class__.now(due.tzinfo))
            now.move_to(due)
            sweep()

    assert tuple(pauses) == LADDER
    assert sum(pauses, timedelta()) > timedelta(hours=24)
    given_up = row()
    assert (given_up.attempts, given_up.sent_at) == (len(LADDER) + 1, None)
    assert given_up.last_error
    assert "message_given_up" in logged()
    with app.app_context():
        assert outbox.count_given_up() == 1


def test_a_row_that_was_just_handed_out_is_left_alone(client, member, enqueue, app, work, row, queue_length):
    client.post("/api/auth/forgot-password", json={"email": member.email})
    assert queue_length() == 1

    enqueue("outbox.send_due")
    enqueue("outbox.send_due")
    work()

    assert row().attempts == 1


def test_a_queue_that_is_full_gets_no_more_of_what_waits_in_it(
    app, client, member, work, row, queue_length, monkeypatch
):
    monkeypatch.setattr(outbox, "FULL", 2)
    lengths = []
    with time_machine.travel(START, tick=False) as now:
        client.post("/api/auth/forgot-password", json={"email": member.email})
        for _ in range(3):
            now.shift(60)
            with app.app_context(), unit_of_work():
                outbox.send_due()
            lengths.append(queue_length())
        work()

    assert lengths == [2, 2, 2]
    assert row().attempts == 1


@pytest.fixture
def queue_length(app):
    def length():
        with app.app_context():
            return redis_client().llen("rq:queue:notifications")

    return length
