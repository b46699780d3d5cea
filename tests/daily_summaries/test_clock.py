"""The daily summary by the clock: once a day, whatever happens to ticks and jobs."""

import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db, redis_client

DUE = "daily_summaries.generate_due"


@pytest.fixture
def tick(enqueue, work):
    """What the scheduler and a worker do in a minute."""

    def tick(at):
        with time_machine.travel(at, tick=False):
            enqueue(DUE)
            work()

    return tick


@pytest.fixture
def summaries(app):
    def summaries():
        with app.app_context():
            rows = db.session.execute(
                text("SELECT summary_date, revision, is_complete, status_updates_count FROM daily_summaries ORDER BY 1")
            )
            return [(row[0].isoformat(), *row[1:]) for row in rows]

    return summaries


@pytest.fixture
def caught_up(long_ago, tick):
    """A workspace that has its summaries up to 2026-03-01."""
    tick("2026-03-01T09:01:00Z")


@pytest.mark.usefixtures("caught_up")
def test_a_tick_after_the_hour_writes_the_day_once(tick, summaries, post, long_ago):
    post(long_ago, "in it", "2026-03-02T08:00:00Z")
    before = len(summaries())
    tick("2026-03-02T08:59:59Z")
    assert len(summaries()) == before

    for second in (40, 41, 59):
        tick(f"2026-03-02T09:00:{second}Z")
    tick("2026-03-02T21:00:00Z")

    assert summaries()[-1] == ("2026-03-02", 1, True, 1)


@pytest.mark.usefixtures("long_ago")
def test_missed_days_are_made_up_for_newest_first(tick, summaries, app):
    tick("2026-03-10T12:00:00Z")

    assert [row[0] for row in summaries()] == [f"2026-03-{day:02}" for day in range(4, 11)]
    with app.app_context():
        newest_first = db.session.scalars(text("SELECT summary_date FROM daily_summaries ORDER BY id")).all()
    assert newest_first == sorted(newest_first, reverse=True)


def test_no_summaries_from_before_the_workspace_began(tick, summaries, app, make_user):
    tick("2026-03-10T12:00:00Z")  # nobody is there at all
    with time_machine.travel("2026-03-10T13:00:00Z", tick=False):
        make_user()
    tick("2026-03-10T14:00:00Z")
    assert summaries() == []

    tick("2026-03-11T09:01:00Z")
    assert [row[0] for row in summaries()] == ["2026-03-11"]


@pytest.mark.usefixtures("caught_up")
def test_one_made_by_hand_before_the_hour_is_completed_by_the_tick(tick, summaries, sign_in, admin, post, long_ago):
    with time_machine.travel("2026-03-02T08:00:00Z", tick=False):
        assert sign_in(admin).post("/api/summaries/generate").status_code == 201
    assert summaries()[-1] == ("2026-03-02", 1, False, 0)
    post(long_ago, "after that", "2026-03-02T08:30:00Z")
    post(long_ago, "after the hour", "2026-03-02T09:00:10Z")

    tick("2026-03-02T09:01:00Z")
    tick("2026-03-02T09:02:00Z")

    assert summaries()[-1] == ("2026-03-02", 2, True, 1)


@pytest.mark.usefixtures("caught_up")
def test_one_made_by_hand_after_the_hour_is_left_alone(tick, summaries, sign_in, admin):
    with time_machine.travel("2026-03-02T09:00:30Z", tick=False):
        sign_in(admin).post("/api/summaries/generate")

    tick("2026-03-02T09:01:00Z")

    assert summaries()[-1][:3] == ("2026-03-02", 1, True)


@pytest.mark.usefixtures("caught_up")
def test_the_same_job_twice_is_one_summary(enqueue, work, summaries):
    with time_machine.travel("2026-03-02T09:01:00Z", tick=False):
        enqueue("daily_summaries.generate", "2026-03-02")
        enqueue("daily_summaries.generate", "2026-03-02")
        work()

    assert summaries()[-1] == ("2026-03-02", 1, True, 0)


@pytest.mark.usefixtures("caught_up")
def test_a_queue_flushed_between_tick_and_job_costs_a_minute_and_no_summary(app, enqueue, work, tick, summaries):
    with time_machine.travel("2026-03-02T09:01:00Z", tick=False):
        enqueue("daily_summaries.generate", "2026-03-02")
        with app.app_context():
            redis_client().flushdb()
        work()
    assert summaries()[-1][0] == "2026-03-01"

    tick("2026-03-02T09:02:00Z")

    assert summaries()[-1] == ("2026-03-02", 1, True, 0)


@pytest.mark.usefixtures("caught_up")
def test_another_hour_from_now_on_does_not_repeat_past_days(make_app, work, enqueue, summaries):
    with time_machine.travel("2026-03-01T19:00:00Z", tick=False):
        enqueue(DUE)
        work(make_app(SUMMARY_TIME="18:00"))

    assert {row[1] for row in summaries() if row[0] >= "2026-02-28"} == {1}
