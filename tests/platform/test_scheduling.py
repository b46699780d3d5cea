"""The clock: entries equal the page, whatever Redis held before; ticks do not pile up."""

import time
from dataclasses import replace

import pytest
import time_machine

from asyncops.extensions import redis_client
from asyncops.jobs import registry
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.scheduling import Entry, Scheduler

PAGE = (Entry("daily_summaries.generate_due", "* * * * *"), Entry("identity.purge_expired", "20 3 * * *"))


@pytest.fixture(autouse=True)
def _utc(monkeypatch):
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()


@pytest.fixture
def scheduler(app):
    def make(page=PAGE):
        with app.app_context():
            return Scheduler(page, redis_client())

    return make


def entries(scheduler):
    return {job.id: (job.args[0], job.meta["cron_string"]) for job in scheduler.get_jobs()}


def test_the_entries_become_those_of_the_page(scheduler):
    scheduler((Entry("identity.purge_expired", "0 4 * * *"), Entry("outbox.send_due", "* * * * *"))).reconcile()

    scheduler().reconcile()

    assert entries(scheduler()) == {
        "clock-daily_summaries-generate_due": ("daily_summaries.generate_due", "* * * * *"),
        "clock-identity-purge_expired": ("identity.purge_expired", "20 3 * * *"),
    }


@pytest.mark.parametrize("changed", [{"queue": "notifications"}, {"timeout": 7}])
def test_an_entry_whose_job_changed_is_replaced(scheduler, monkeypatch, changed):
    scheduler().reconcile()
    name = "identity.purge_expired"
    monkeypatch.setitem(registry._jobs, name, replace(registry.find_job(name), **changed))

    scheduler().reconcile()

    (entry,) = [job for job in scheduler().get_jobs() if job.args == [name]]
    assert {"queue": entry.origin, "timeout": entry.timeout}.items() >= changed.items()


def test_a_second_reconciliation_moves_nothing(scheduler):
    with time_machine.travel("2026-03-02T09:00:10Z", tick=False):
        scheduler().reconcile()
    with time_machine.travel("2026-03-02T09:00:50Z", tick=False):
        scheduler().reconcile()
        due = {job.id: moment for job, moment in scheduler().get_jobs(with_times=True)}

    assert due["clock-daily_summaries-generate_due"].isoformat() == "2026-03-02T09:01:00"
    assert due["clock-identity-purge_expired"].isoformat() == "2026-03-03T03:20:00"


def test_an_entry_from_when_the_clock_was_ahead_does_not_wait_for_it(scheduler):
    with time_machine.travel("2026-03-02T10:00:10Z", tick=False):
        scheduler().reconcile()
    with time_machine.travel("2026-03-02T02:00:10Z", tick=False):
        scheduler().reconcile()
        due = {job.id: moment for job, moment in scheduler().get_jobs(with_times=True)}

    assert due["clock-daily_summaries-generate_due"].isoformat() == "2026-03-02T02:01:00"
    assert due["clock-identity-purge_expired"].isoformat() == "2026-03-02T03:20:00"


def test_a_tick_queues_the_job_and_the_next_tick(app, scheduler):
    with time_machine.travel("2026-03-02T09:00:10Z", tick=False):
        scheduler().enqueue_jobs()
    with time_machine.travel("2026-03-02T09:01:00Z", tick=False):
        scheduler().enqueue_jobs()
        scheduler().enqueue_jobs()

    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == ["clock-daily_summaries-generate_due"]


def test_an_hour_without_workers_leaves_one_run_and_not_sixty(app, scheduler):
    for minute in range(60):
        with time_machine.travel(f"2026-03-02T09:{minute:02}:05Z", tick=False):
            scheduler().enqueue_jobs()

    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == ["clock-daily_summaries-generate_due"]


def test_a_tick_after_an_empty_queue_queues_again(app, scheduler, work):
    for minute in (1, 2, 3):
        with time_machine.travel(f"2026-03-02T09:{minute:02}:05Z", tick=False):
            scheduler().enqueue_jobs()
            work()

    with time_machine.travel("2026-03-02T09:04:05Z", tick=False):
        scheduler().enqueue_jobs()
    with app.app_context():
        assert queue_named("summaries", redis_client()).job_ids == ["clock-daily_summaries-generate_due"]


def test_a_flushed_redis_fills_again_by_itself(app, scheduler):
    running = scheduler()
    running.enqueue_jobs()
    with app.app_context():
        redis_client().flushdb()

    running.enqueue_jobs()

    assert len(entries(running)) == 2
