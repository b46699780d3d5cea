"""Whatever is killed, flushed or doubled: one correct summary of the day. With the shipped processes."""

import os
import signal
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.faults.processes import children, kill
from tests.waiting import eventually

DUE, GENERATE = "daily_summaries.generate_due", "daily_summaries.generate"


@pytest.fixture
def day(environment):
    """A day that is due: its hour was some minutes ago, in a zone where it is not around midnight."""
    now = datetime.now(UTC)
    zone = "UTC" if 1 <= now.hour < 23 else "Asia/Tokyo"
    hour = now + timedelta(hours=9 if zone == "Asia/Tokyo" else 0) - timedelta(minutes=3)
    environment.update(SUMMARY_TIME=f"{hour:%H:%M}", SUMMARY_TIMEZONE=zone, SUMMARY_CATCH_UP_DAYS="1")
    yield hour.date().isoformat()
    for name in ("SUMMARY_TIME", "SUMMARY_TIMEZONE", "SUMMARY_CATCH_UP_DAYS"):
        del environment[name]


@pytest.fixture
def posted(make_user, sql):
    """Three updates within the day's window and one outside, by somebody who has long been here."""
    author = make_user("Zoe First")
    sql("UPDATE users SET created_at = now() - interval '10 days'")
    for minutes in (5, 60, 600, 3000):
        sql(
            "INSERT INTO status_updates (user_id, title, content, created_at) "
            "VALUES (%s, %s, 'text', now() - %s * interval '1 minute')",
            author.id, f"{minutes} minutes ago", minutes,
        )  # fmt: skip
    return 3


@pytest.fixture
def frozen_table(environment, posted):
    """Hold a summary in its middle: nobody can read status updates until the given function is called."""
    url = environment["DATABASE_URL"].replace("+psycopg", "")
    connection = psycopg.connect(url)
    connection.execute("LOCK TABLE status_updates IN ACCESS EXCLUSIVE MODE")
    yield connection.rollback
    connection.close()


@pytest.fixture
def summaries(sql):
    def summaries():
        return sql("SELECT summary_date::text, revision, is_complete, status_updates_count FROM daily_summaries")

    return summaries


@pytest.fixture
def right(day, posted):
    """The one row that must be there in the end."""
    return [(day, 1, True, posted)]


def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_tick_writes_it(
    start, enqueue, workers_ready, stuck, frozen_table, summaries, day, right
):
    worker = start("worker")
    workers_ready(1)
    enqueue(GENERATE, day)
    stuck(1)

    kill(worker)
    frozen_table()

    assert summaries() == []
    start("worker")
    enqueue(DUE)
    eventually(summaries, "the summary")
    assert summaries() == right


def test_a_work_horse_killed_in_the_middle_is_made_up_for(
    start, enqueue, workers_ready, stuck, frozen_table, summaries, day, right
):
    worker = start("worker")
    workers_ready(1)
    enqueue(GENERATE, day)
    stuck(1)

    for child in children(worker.pid):  # the work-horse, and RQ's own scheduler beside it
        os.kill(child, signal.SIGKILL)
    frozen_table()
    enqueue(DUE)

    eventually(summaries, "the summary")
    assert summaries() == right
    assert worker.poll() is None


def test_two_workers_with_the_same_job_write_one(
    start, enqueue, workers_ready, stuck, frozen_table, summaries, queue, day, right
):
    for _ in range(2):
        start("worker")
    workers_ready(2)
    for _ in range(4):
        enqueue(GENERATE, day)
    stuck(2)

    frozen_table()

    eventually(lambda: queue.zcard("rq:finished:summaries") == 4, "all four runs")
    assert summaries() == right


def test_redis_flushed_between_tick_and_job_costs_a_tick_and_no_summary(
    start, enqueue, workers_ready, hurry, summaries, queue, day, right
):
    start("scheduler")
    enqueue(GENERATE, day)
    hurry(DUE)
    eventually(lambda: queue.llen("rq:queue:summaries") == 2, "the tick beside the job")
    queue.flushall()

    start("worker")
    hurry(DUE)  # the scheduler has filled its entries in again by itself

    eventually(summaries, "the summary")
    assert summaries() == right


def test_two_schedulers_at_once_write_one(start, workers_ready, hurry, summaries, queue, right):
    start("scheduler")
    start("scheduler")
    for _ in range(3):
        hurry(DUE)
    eventually(lambda: queue.llen("rq:queue:summaries"), "the tick")
    start("worker")

    eventually(summaries, "the summary")
    hurry(DUE)
    eventually(lambda: queue.llen("rq:queue:summaries") == 0 and queue.zcard("rq:wip:summaries") == 0, "quiet")
    assert summaries() == right


def test_the_database_is_the_judge_even_without_our_locks(app, sql, posted):
    """The constraint stands behind the code."""
    insert = (
        "INSERT INTO daily_summaries (summary_date, window_start, window_end, is_complete, content, generated_at) "
        "VALUES ('2026-03-02', '2026-03-01', '2026-03-02', true, '{}', now())"
    )
    sql(insert)
    with pytest.raises(psycopg.errors.UniqueViolation):
        sql(insert)
