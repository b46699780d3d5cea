"""The shipped processes together, over HTTP, as a person and an operator meet them."""

import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from tests.ports import free_port
from tests.waiting import eventually

ADMIN = {"email": "boss@example.org", "password": "boss-password-1"}


@pytest.fixture
def web(start, make_user, app):
    """A running web process; gives a function that calls it as the administrator."""
    port = free_port()
    start("web", PORT=str(port), WEB_CONCURRENCY="1")
    make_user("Boss", role="admin", email=ADMIN["email"])
    with requests.Session() as session:
        session.trust_env = False

        def call(method, path, **kwargs):
            return session.request(method, f"http://127.0.0.1:{port}{path}", timeout=30, **kwargs)

        def up():
            try:
                return call("GET", "/readyz").ok
            except requests.RequestException:
                return False

        eventually(up, "the web process")
        answer = call("POST", "/api/auth/login", data={"username": ADMIN["email"], "password": "correct-horse-1"})
        session.cookies.clear()
        session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield call


def test_what_is_posted_stands_in_the_summary_that_a_worker_writes(web, start, hurry, sql):
    posted = web("POST", "/api/status", json={"title": "Shipped the importer", "content": "It works."}).json()
    # As if all that had been ten minutes ago, and the summary's hour three.
    for table in ("users", "status_updates"):
        sql(f"UPDATE {table} SET created_at = created_at - interval '10 minutes'")
    now = datetime.now(UTC)
    zone, offset = ("UTC", 0) if 1 <= now.hour < 23 else ("Asia/Tokyo", 9)
    hour = now + timedelta(hours=offset) - timedelta(minutes=3)
    due = {"SUMMARY_TIME": f"{hour:%H:%M}", "SUMMARY_TIMEZONE": zone, "SUMMARY_CATCH_UP_DAYS": "1"}

    start("worker", **due)
    start("scheduler", **due)
    hurry("daily_summaries.generate_due")
    (item,) = eventually(lambda: web("GET", "/api/summaries").json()["items"], "the summary")
    summary = web("GET", f"/api/summaries/{item['id']}").json()

    assert [update["id"] for update in summary["content"]["status_updates"]] == [posted["id"]]
    assert "Shipped the importer" in summary["markdown"]
    forced = web("POST", "/api/summaries/generate?force_update=true&summary_date=" + item["summary_date"]).json()
    assert (forced["id"], forced["revision"]) == (item["id"], 2)


def test_with_redis_away_people_work_on_and_mail_goes_out_when_it_is_back(web, start, hurry, servers, sql, environment):
    servers.valkey.kill()
    try:
        assert web("POST", "/api/status", json={"title": "t", "content": "c"}).status_code == 201
        assert web("POST", "/api/auth/forgot-password", json={"email": ADMIN["email"]}).status_code == 202
        assert web("GET", "/readyz").json()["status"] == "degraded"
    finally:
        servers.valkey.start()
    sql("UPDATE password_resets SET nudged_at = nudged_at - interval '1 minute'")

    start("worker")
    start("scheduler")
    hurry("outbox.send_due")

    eventually(lambda: sql("SELECT 1 FROM password_resets WHERE sent_at IS NOT NULL"), "the mail")
    ((reset_id,),) = sql("SELECT id FROM password_resets")
    assert list((Path(environment["DATA_DIR"]) / "mail").glob(f"password-reset-{reset_id}.*.eml"))
    assert web("GET", "/readyz").json()["status"] == "ok"


def test_a_scheduler_outlives_a_restart_of_redis(start, servers, queue, hurry):
    scheduler = start("scheduler")
    hurry("daily_summaries.generate_due")
    servers.valkey.kill()
    time.sleep(6)  # longer than a look at the clock: it must meet the absence
    servers.valkey.start()
    queue.flushall()

    hurry("daily_summaries.generate_due")

    assert scheduler.poll() is None


def test_a_worker_told_to_stop_ends_by_itself(start, workers_ready):
    process = start("worker")
    workers_ready(1)

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=60) == 0


def test_a_scheduler_told_to_stop_ends_by_itself(start, queue):
    process = start("scheduler")
    eventually(lambda: queue.exists("rq:scheduler:scheduled_jobs"), "its first look at the clock")

    process.send_signal(signal.SIGTERM)

    assert process.wait(timeout=60) == 0
