"""GET /metrics: what is counted, and what is told when a server is away."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from prometheus_client.parser import text_string_to_metric_families
from rq import Worker
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from asyncops import metrics
from asyncops.extensions import db, redis_client
from asyncops.jobs import job
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.metrics import record_run
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.scheduling import Scheduler
from asyncops.jobs.serializer import JSONSerializer
from asyncops.schedule import ENTRIES
from asyncops.transaction import unit_of_work

AWAY = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
DURATION = "asyncops_http_request_duration_seconds_count"
QUERIES = "asyncops_database_query_duration_seconds_count"
RUNS = "asyncops_job_duration_seconds"


@job("tests.measured", queue="maintenance", retry_after=())
def measured(outcome: str) -> None:
    if outcome == "fails":
        raise RuntimeError(outcome)


class Samples(dict):
    """The numbers of one look, by name and labels."""

    def __init__(self, page):
        self.text = page
        for family in text_string_to_metric_families(page):
            for sample in family.samples:
                self[sample.name, frozenset(sample.labels.items())] = sample.value

    def of(self, name, **labels):
        return self.get((name, frozenset(labels.items())))

    def names(self):
        return {name for name, _ in self}


@pytest.fixture
def look(client, monkeypatch):
    """The numbers as they are now; of another client's application if one is given."""
    monkeypatch.setattr("asyncops.http.metrics.ANSWER_WITHIN_SECONDS", 30)  # a busy machine leaves nothing out

    def look(served=client):
        answer = served.get("/metrics")
        assert answer.status_code == 200, answer.text
        return Samples(answer.text)

    return look


@pytest.fixture
def grown(look):
    """By how much a number has grown since the test began."""
    before = look()

    def grown(name, **labels):
        return look().of(name, **labels) - (before.of(name, **labels) or 0)

    return grown


def test_it_is_text_for_prometheus_and_kept_by_nobody(client):
    answer = client.get("/metrics")

    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
def test_through_a_proxy_there_is_nothing(client, header):
    assert client.get("/metrics").status_code == 200

    answer = client.get("/metrics", headers={header: "203.0.113.7"})

    assert answer.status_code == 404
    assert answer.json["code"] == "not_found"


def test_requests_are_counted_by_method_route_template_and_status_class(sign_in, member, grown):
    client = sign_in(member)
    made = client.post("/api/incidents", json={"title": "t", "description": "d"}).json["id"]

    for url in (f"/api/incidents/{made}", "/api/incidents/999999", "/api/incidents/999998"):
        client.get(url)

    route = "/api/incidents/<id:incident_id>"
    assert grown(DURATION, method="POST", route="/api/incidents", status="2xx") == 1
    assert grown(DURATION, method="GET", route=route, status="2xx") == 1
    assert grown(DURATION, method="GET", route=route, status="4xx") == 2
    assert grown("asyncops_http_responses_total", status="404") == 2


def test_a_request_takes_the_bucket_of_its_duration(app, grown, sign_in, member):
    client = sign_in(member)
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool, app.app_context(), db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE incidents"))
        slow = pool.submit(client.get, "/api/incidents")
        while connection.scalar(waiting) == 0:
            assert not slow.done()
        time.sleep(0.3)
        connection.rollback()
        assert slow.result().status_code == 200

    labels = {"method": "GET", "route": "/api/incidents", "status": "2xx"}
    bucket = "asyncops_http_request_duration_seconds_bucket"
    assert grown(bucket, le="0.25", **labels) == 0
    assert grown(bucket, le="+Inf", **labels) == 1
    assert grown("asyncops_http_request_duration_seconds_sum", **labels) >= 0.3


def test_a_failure_counts_as_5xx(sign_in, member, grown, sql):
    client = sign_in(member)
    sql("ALTER TABLE decisions RENAME TO elsewhere")
    try:
        assert client.get("/api/decisions").status_code == 500
    finally:
        sql("ALTER TABLE elsewhere RENAME TO decisions")

    assert grown(DURATION, method="GET", route="/api/decisions", status="5xx") == 1
    assert grown("asyncops_database_errors_total", kind="UndefinedTable") == 1


def test_what_a_stranger_makes_up_makes_no_series(client, look):
    look()
    client.open("/wp-login-1", method="GET")
    known = set(look())

    for number in range(20):
        client.get(f"/wp-login-{number}?page={number}")
        client.open("/api/config", method=f"BREW{number}")

    new = {key for key in set(look()) - known if dict(key[1]).get("method") != "other" and "status" not in dict(key[1])}
    assert new == set()
    assert "wp-login" not in look().text
    assert "BREW" not in look().text


def test_requests_in_flight_are_those_that_are_being_answered(app, look, while_held, sign_in, member, sql):
    client = sign_in(member)
    found = []

    def post():
        return client.post("/api/status", json={"title": "t", "content": "c"}).status_code

    def watch():
        end = time.monotonic() + 10
        while time.monotonic() < end:
            if found and found[-1] >= 3:
                return
            found.append(look().of("asyncops_http_requests_in_flight"))

    with ThreadPoolExecutor(1) as pool:
        watching = pool.submit(watch)
        with app.app_context(), db.engine.begin() as connection, ThreadPoolExecutor(2) as posting:
            connection.execute(text("LOCK TABLE status_updates"))
            posts = [posting.submit(post) for _ in range(2)]
            watching.result()
            connection.rollback()
        assert [each.result() for each in posts] == [201, 201]

    assert found[-1] == 3  # the two, and the one that looks
    assert look().of("asyncops_http_requests_in_flight") == 1


def test_statements_are_counted(app, member, look, grown):
    with app.app_context(), unit_of_work():
        for number in range(3):
            db.session.execute(text(f"SELECT 1 + {number}"))

    assert grown(QUERIES) == 3
    assert look().of("asyncops_database_query_duration_seconds_sum") > 0


@pytest.fixture
def logging_app(request, make_app):
    """Another application, and what it logs: making one sends the logs elsewhere."""

    def logging_app(**changed):
        return make_app(**changed), request.getfixturevalue("logged")

    return logging_app


def test_a_slow_statement_is_logged_without_its_values(logging_app):
    app, logged = logging_app(SLOW_QUERY_MS="1")

    with app.app_context(), unit_of_work():
        db.session.execute(select(db.func.pg_sleep(0.01), db.literal("max@example.org")))
        db.session.execute(text("SELECT 1"))

    (line,) = [json.loads(line) for line in logged().splitlines() if "slow_query" in line and "pg_sleep" in line]
    assert line["statement"].startswith("SELECT pg_sleep(")
    assert line["duration_ms"] >= 10
    assert "max@example.org" not in logged()


def test_a_slow_statement_that_fails_is_logged_too(logging_app):
    app, logged = logging_app(SLOW_QUERY_MS="1")

    too_slow = text("SELECT pg_sleep(5), CAST(:who AS text)")
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("SET LOCAL statement_timeout = '20ms'"))
        with pytest.raises(OperationalError):
            connection.execute(too_slow, {"who": "max@example.org"})

    lines = [json.loads(line) for line in logged().splitlines() if "slow_query" in line]
    assert [line["failed"] for line in lines if "pg_sleep(5)" in line["statement"]] == [True]
    assert "max@example.org" not in logged()


def test_no_statement_is_slow_where_none_should_be_logged(logging_app):
    app, logged = logging_app(SLOW_QUERY_MS="0")

    with app.app_context(), unit_of_work():
        db.session.execute(text("SELECT pg_sleep(0.15)"))

    assert "slow_query" not in logged()


def test_the_pool_shows_what_is_in_use_and_who_waited_in_vain(app, look, grown):
    size = app.config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_size"]
    with app.app_context():
        held = [db.engine.connect() for _ in range(size + 2)]
        try:
            full = look().of("asyncops_database_pool_checked_out", server="primary")
            with pytest.raises(PoolTimeout):
                db.engine.connect()
        finally:
            for connection in held:
                connection.close()

    assert full == size + 2
    assert look().of("asyncops_database_pool_size", server="primary") == size
    assert look().of("asyncops_database_pool_checked_out", server="primary") == 0
    assert grown("asyncops_database_pool_overflows_total", server="primary") == 2
    assert grown("asyncops_database_pool_timeouts_total", server="primary") == 1
    assert grown("asyncops_database_pool_wait_seconds_count", server="primary") == size + 2


def test_jobs_are_counted_by_how_they_end(enqueue, work, grown):
    enqueue("tests.measured", "works")
    enqueue("tests.measured", "works also")
    enqueue("tests.measured", "fails")

    work()

    assert grown(f"{RUNS}_count", job_name="tests.measured", result="ok") == 2
    assert grown(f"{RUNS}_count", job_name="tests.measured", result="failed") == 1
    assert grown("asyncops_queue_failed_jobs", queue="maintenance") == 1


def test_the_durations_of_jobs_are_a_histogram(app, look):
    with app.app_context():
        for seconds in (0.01, 0.2, 0.25, 40, 4000):
            record_run("tests.measured", ok=True, seconds=seconds)
    found = look()

    def up_to(bound):
        return found.of(f"{RUNS}_bucket", job_name="tests.measured", result="ok", le=bound)

    assert [up_to(bound) for bound in ("0.05", "0.1", "0.25", "15.0", "60.0", "+Inf")] == [1, 1, 3, 3, 4, 5]
    assert found.of(f"{RUNS}_sum", job_name="tests.measured", result="ok") == pytest.approx(4040.46)


def test_a_job_that_does_its_work_while_redis_goes_is_no_failure(make_app):
    app = make_app(REDIS_URL=AWAY["REDIS_URL"])

    with app.app_context():
        record_run("tests.measured", ok=True, seconds=1)


def test_jobs_that_wait_are_counted_and_the_oldest_has_its_age(enqueue, look, app):
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=7), tick=False):
        enqueue("tests.measured", "old")
    enqueue("tests.measured", "new")
    found = look()

    assert found.of("asyncops_queue_jobs", queue="maintenance") == 2
    assert found.of("asyncops_queue_oldest_job_age_seconds", queue="maintenance") == pytest.approx(420, abs=30)
    assert [found.of("asyncops_queue_jobs", queue=name) for name in QUEUES] == [0, 0, 0, 2]
    assert found.of("asyncops_queue_oldest_job_age_seconds", queue="summaries") == 0


def test_workers_are_counted_where_they_serve_and_killed_ones_are_not(app, look):
    with app.app_context():
        connection = redis_client()
    queues = [queue_named(name, connection) for name in ("summaries", "webhooks")]
    living, killed = (Worker(queues, connection=connection, serializer=JSONSerializer) for _ in range(2))
    living.register_birth()
    killed.register_birth()
    connection.delete(killed.key)  # as its time to live would have done
    found = look()

    assert [found.of("asyncops_queue_workers", queue=name) for name in QUEUES] == [1, 0, 1, 0]


def test_a_scheduler_that_stopped_shows_by_what_is_overdue(app, look):
    assert look().of("asyncops_scheduler_overdue_seconds") is None
    with app.app_context():
        scheduler = Scheduler(ENTRIES, redis_client())
    now = datetime.now(UTC).replace(second=10)  # no minute begins between the two
    with time_machine.travel(now, tick=False):
        scheduler.reconcile()
        assert look().of("asyncops_scheduler_overdue_seconds") == 0

    with time_machine.travel(now + timedelta(minutes=10), tick=False):
        assert 500 < look().of("asyncops_scheduler_overdue_seconds") <= 600


def test_a_message_that_is_not_sent_shows_how_late_it_is(client, member, look, sql):
    client.post("/api/auth/forgot-password", json={"email": member.email})
    sql("UPDATE password_resets SET due_at = due_at - interval '20 minutes'")
    found = look()

    def late(outbox):
        return found.of("asyncops_outbox_oldest_due_seconds", outbox=outbox)

    assert late("identity.send_password_reset") == pytest.approx(1200, abs=30)
    assert late("notifications.deliver") == 0


def test_the_summarys_age_counts_from_the_end_of_the_newest_complete_one(admin, sign_in, look, sql):
    assert look().of("asyncops_summary_age_seconds") < 60  # there is none: since the first account
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    sign_in(admin).post(f"/api/summaries/generate?summary_date={yesterday}")
    sql("UPDATE daily_summaries SET window_start = now() - interval '2 days', window_end = now() - interval '30 hours'")
    sign_in(admin).post("/api/summaries/generate")
    sql(
        "UPDATE daily_summaries SET is_complete = false, window_end = now() WHERE summary_date = :today",
        today=datetime.now(UTC).date(),
    )

    assert look().of("asyncops_summary_age_seconds") == pytest.approx(30 * 3600, abs=60)


def test_nobody_there_yet_has_no_summarys_age(look):
    assert look().of("asyncops_summary_age_seconds") is None


def test_the_release_and_the_servers_are_named(look):
    found = look()

    assert found.of("asyncops_build_info", version=metrics.release()) == 1
    assert found.of("asyncops_database_up") == 1
    assert found.of("asyncops_database_schema_ready") == 1
    assert found.of("asyncops_queue_up") == 1
    assert 1 <= found.of("asyncops_database_connections") <= found.of("asyncops_database_max_connections")


def test_a_database_that_lacks_a_revision_is_up_and_not_ready(look, sql):
    revision = sql("SELECT version_num FROM alembic_version")
    sql("UPDATE alembic_version SET version_num = '0001'")
    try:
        found = look()
    finally:
        sql("UPDATE alembic_version SET version_num = :revision", revision=revision)

    assert (found.of("asyncops_database_up"), found.of("asyncops_database_schema_ready")) == (1, 0)


@pytest.mark.parametrize("away", ["DATABASE_URL", "REDIS_URL"])
def test_with_one_server_away_the_rest_is_told(make_app, look, away):
    found = look(make_app(**{away: AWAY[away]}).test_client())

    assert found.of("asyncops_database_up") == (away != "DATABASE_URL")
    assert found.of("asyncops_queue_up") == (away != "REDIS_URL")
    assert ("asyncops_summary_age_seconds" in found.text) == (away != "DATABASE_URL")
    assert ("asyncops_queue_jobs" in found.text) == (away != "REDIS_URL")
    assert QUERIES in found.names()


def test_servers_that_never_answer_hold_nothing_up(make_app, look, silent_port):
    mute = {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{silent_port}/none",
        "REDIS_URL": f"redis://127.0.0.1:{silent_port}/0",
    }
    client = make_app(**mute).test_client()
    began = time.monotonic()

    found = look(client)

    assert time.monotonic() - began < 30
    assert (found.of("asyncops_database_up"), found.of("asyncops_queue_up")) == (0, 0)


def test_a_gauge_that_takes_too_long_costs_itself_and_what_comes_after(app, look, sql, while_held):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("LOCK TABLE daily_summaries"))
        began = time.monotonic()
        found = look()
        took = time.monotonic() - began
        connection.rollback()

    assert took < 30  # it would wait for ever
    assert found.of("asyncops_database_up") == 1
    assert found.of("asyncops_outbox_oldest_due_seconds", outbox="webhooks.deliver") == 0
    assert found.of("asyncops_summary_age_seconds") is None


def test_a_gauge_that_fails_costs_no_other(app, look, monkeypatch):
    broken = metrics.DatabaseGauge("tests_broken", "Fails", lambda: text("SELECT nonsense"))
    monkeypatch.setattr(metrics, "_gauges", {"tests_broken": broken, **metrics._gauges})

    found = look()

    assert found.of("tests_broken") is None
    assert found.of("asyncops_outbox_oldest_due_seconds", outbox="webhooks.deliver") == 0


def test_two_threads_at_once_lose_no_count(app, grown):
    together = Barrier(4)

    def ask():
        client = app.test_client()
        together.wait()
        for _ in range(50):
            client.get("/healthz")

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(ask) for _ in range(4)]:
            each.result()

    assert grown(DURATION, method="GET", route="/healthz", status="2xx") == 200
