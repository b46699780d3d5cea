"""Jobs: nudged after the commit, run in a unit of work of their own, JSON in Redis and never pickles."""

import contextlib
import json
import logging
import pickle
import socket
import zlib

import pytest
import structlog
from rq import Queue
from rq.job import Job
from rq.registry import FailedJobRegistry, ScheduledJobRegistry
from sqlalchemy import text

from asyncops.extensions import db, redis_client
from asyncops.jobs import enqueue_after_commit, registry
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import job
from asyncops.transaction import unit_of_work


@pytest.fixture
def ran():
    """What the jobs of a test noted."""
    return []


@pytest.fixture(autouse=True)
def _forget_test_jobs():
    before = dict(registry._jobs)
    yield
    registry._jobs.clear()
    registry._jobs.update(before)


@pytest.fixture
def queued(app):
    def queued(name="maintenance"):
        with app.app_context():
            return queue_named(name, redis_client()).jobs

    return queued


@pytest.fixture
def note(ran):
    @job("test.note", queue="maintenance")
    def note(*ids):
        ran.append(ids)

    return note


@pytest.mark.usefixtures("note")
def test_a_job_is_queued_after_the_commit_and_runs_once(app, queued, work, ran):
    with app.app_context(), unit_of_work():
        enqueue_after_commit("test.note", 7, "2026-03-02")
        assert queued() == []

    assert [found.description for found in queued()] == ["test.note(7, 2026-03-02)"]
    work()
    assert ran == [(7, "2026-03-02")]


@pytest.mark.usefixtures("note")
def test_a_refusal_queues_nothing(app, queued):
    def refuse():
        with app.app_context(), unit_of_work():
            enqueue_after_commit("test.note", 7)
            raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised right here
        refuse()

    assert queued() == []


def test_of_many_writes_one_waits_for_a_queue_that_says_nothing(make_app, app, capsys):
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes connections, and answers nothing
        away = make_app(REDIS_URL=f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        with away.app_context():
            for _ in range(4):
                with unit_of_work():
                    enqueue_after_commit("identity.purge_expired")

    said = capsys.readouterr().out
    assert said.count("after_commit_failed") == 1
    assert said.count("nudge_left_to_the_sweep") == 3


@pytest.mark.usefixtures("note")
def test_a_queue_that_is_away_does_not_undo_what_was_saved(make_app, app, member, capsys):
    away = make_app(REDIS_URL="redis://127.0.0.1:1/0")
    with away.app_context(), unit_of_work():
        db.session.execute(text("UPDATE users SET full_name = 'saved'"))
        enqueue_after_commit("test.note", member.id)

    with app.app_context():
        assert db.session.scalar(text("SELECT full_name FROM users")) == "saved"
    assert "after_commit_failed" in capsys.readouterr().out


def test_an_unknown_name_is_refused_before_anything_is_saved(app):
    with app.app_context(), unit_of_work(), pytest.raises(LookupError, match=r"No job is named test\.nothing"):
        enqueue_after_commit("test.nothing", 1)


@pytest.mark.usefixtures("note")
def test_two_jobs_can_not_share_a_name():
    with pytest.raises(ValueError, match="Two jobs"):
        job("test.note", queue="maintenance")(lambda: None)
    with pytest.raises(ValueError, match="not one of"):
        job("test.other", queue="nowhere")


@pytest.mark.usefixtures("member")
def test_a_job_runs_in_a_unit_of_work_of_its_own(app, work, enqueue):
    @job("test.write", queue="maintenance", retry_after=())
    def write(fail):
        db.session.execute(text("UPDATE users SET full_name = :name"), {"name": f"written {fail}"})
        if fail:
            raise ValueError("no")

    enqueue("test.write", 0)
    enqueue("test.write", 1)
    work()

    with app.app_context():
        assert db.session.scalar(text("SELECT full_name FROM users")) == "written 0"


def test_a_job_that_fails_comes_again_after_growing_pauses(app, work, enqueue, queued):
    @job("test.fail", queue="maintenance", retry_after=(5, 30))
    def fail():
        raise ValueError("the reason")

    enqueue("test.fail")
    (run,) = queued()
    assert run.retry_intervals == [5, 30]
    work()

    with app.app_context():
        queue = queue_named("maintenance", redis_client())
        assert ScheduledJobRegistry(queue=queue).get_job_ids() == [run.id]


def test_a_job_that_fails_for_good_stays_visible_with_its_reason(app, work, enqueue):
    @job("test.fail", queue="maintenance", retry_after=())
    def fail():
        raise ValueError("the reason")

    enqueue("test.fail")
    work()

    with app.app_context():
        queue = queue_named("maintenance", redis_client())
        (job_id,) = FailedJobRegistry(queue=queue).get_job_ids()
        failed = Job.fetch(job_id, connection=redis_client())
        assert "the reason" in failed.latest_result().exc_string
        assert failed.description == "test.fail()"


def test_the_request_that_caused_a_job_is_in_the_jobs_logs(app, work):
    seen = {}

    @job("test.look", queue="maintenance")
    def look():
        seen.update(structlog.contextvars.get_contextvars())

    structlog.contextvars.bind_contextvars(request_id="request-1")
    with app.app_context(), unit_of_work():
        enqueue_after_commit("test.look")
    structlog.contextvars.clear_contextvars()
    work()

    assert seen["request_id"] == "request-1"
    assert seen["job"] == "test.look"
    assert seen["job_id"]


@pytest.mark.usefixtures("note")
def test_what_stands_in_redis_is_json(app, enqueue, queued):
    enqueue("test.note", 7)
    (run,) = queued()

    with app.app_context():
        raw = redis_client().hgetall(f"rq:job:{run.id}")
    assert json.loads(zlib.decompress(raw[b"data"])) == ["asyncops.jobs.runner.run", None, ["test.note", 7], {}]
    assert json.loads(raw[b"meta"]) == {"request_id": None}


def test_a_pickle_in_redis_is_never_loaded(app, work, tmp_path):
    """Who can write to Redis must not be able to run code here."""
    trap = tmp_path / "trap"

    class Trap:
        def __reduce__(self):
            return (trap.write_text, ("loaded",))

    with app.app_context():
        queue = Queue("maintenance", connection=redis_client())
        run = queue.enqueue("asyncops.jobs.runner.run", "test.note")
        redis_client().hset(run.key, "data", pickle.dumps(("x", None, (Trap(),), {})))
        redis_client().hset(run.key, "meta", pickle.dumps(Trap()))
    logging.getLogger("rq.worker").setLevel(logging.CRITICAL)
    with contextlib.suppress(ValueError):  # not JSON: refusing loudly is as good as refusing quietly
        work()

    assert not trap.exists()
