"""DATABASE_PREPARED=0: everything works behind PgBouncer in transaction mode."""

import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import OperationalError

from asyncops import migrating
from asyncops.backup.server import Server
from asyncops.connecting import NeedsOwnSession
from asyncops.doctor import examine
from asyncops.extensions import db, settings
from asyncops.http.health import database_state
from asyncops.jobs import enqueue_after_commit
from asyncops.probe import probe
from asyncops.transaction import unit_of_work
from tests.database.pooler import SERVER_CONNECTIONS, pooled

PASSWORD = "correct-horse-1"
CLIENTS = 8
SECONDS = 4


@pytest.fixture(scope="module")
def pooler(servers):
    with tempfile.TemporaryDirectory(prefix="asyncops-test-pooler-") as folder:
        Path(folder).chmod(0o755)
        with pooled(servers.database_url, Path(folder) / "pgbouncer") as address:
            yield address


@pytest.fixture(scope="module")
def app_behind(make_app, _schema, pooler):
    return make_app(DATABASE_URL=pooler, DATABASE_PREPARED="0", WEB_THREADS=str(CLIENTS), RATELIMIT_ENABLED="0")


@pytest.fixture
def sign_in_behind(app_behind):
    def sign_in(user):
        client = app_behind.test_client(use_cookies=False)
        answer = client.post("/api/auth/login", json={"email": user.email, "password": PASSWORD})
        assert answer.status_code == 200, answer.json
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
        return client

    return sign_in


def show(connection, name):
    return connection.scalar(db.text(f"SHOW {name}"))


def test_it_takes_no_options_at_the_start(pooler):
    with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
        psycopg.connect(pooler.replace("+psycopg", ""), options="-c TimeZone=UTC")


def test_each_transaction_has_its_options_and_leaves_none(app_behind, pooler):
    wanted = {"TimeZone": "UTC", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "1min"}
    with psycopg.connect(pooler.replace("+psycopg", ""), autocommit=True, prepare_threshold=None) as other:
        other.execute("SET statement_timeout = '7s'")  # somebody else's carelessness, on a connection that all share
        assert other.execute("SHOW TimeZone").fetchone() == ("Asia/Tokyo",)
        with app_behind.app_context(), ExitStack() as stack:
            for _ in range(SERVER_CONNECTIONS):  # all there are
                connection = stack.enter_context(db.engine.connect())
                assert {name: show(connection, name) for name in wanted} == wanted
                moment = connection.scalar(db.text("SELECT timestamptz '2026-07-01 12:00Z'"))
                assert moment.utcoffset().total_seconds() == 0
        assert other.execute("SHOW statement_timeout").fetchone()[0] in {"0", "7s"}
        assert other.execute("SHOW TimeZone").fetchone() == ("Asia/Tokyo",)


def test_statements_that_take_too_long_end(app_behind):
    with app_behind.app_context(), probe() as connection:
        began = time.monotonic()
        with pytest.raises(OperationalError, match="statement timeout"):
            connection.execute(db.text("SELECT pg_sleep(20)"))
        assert time.monotonic() - began < 5


def test_probes_and_metrics_are_as_ever(app_behind, monkeypatch):
    monkeypatch.setattr("asyncops.http.metrics.ANSWER_WITHIN_SECONDS", 30)  # a busy machine leaves nothing out
    client = app_behind.test_client()

    with app_behind.app_context():
        assert database_state() == "ok"
    assert client.get("/readyz").json["status"] == "ok"
    assert "asyncops_database_up 1.0" in client.get("/metrics").text


def test_what_needs_a_session_of_its_own_says_so(app_behind):
    with app_behind.app_context():
        for refused in (migrating.upgrade, Server.of_application):
            with pytest.raises(NeedsOwnSession, match="with the server's own address"):
                refused()


def test_the_doctor_looks_at_all_of_it(app_behind, admin):
    with app_behind.app_context(), unit_of_work():
        said = [finding.text for finding in examine(settings())]

    assert any("with this release's schema" in text for text in said)


def test_people_work_as_ever(sign_in_behind, member):
    client = sign_in_behind(member)
    key = {"Idempotency-Key": "once"}
    body = {"title": "Gerenuk in the server room", "description": "It is tall", "severity": "high"}

    made = client.post("/api/incidents", json=body, headers=key)
    again = client.post("/api/incidents", json=body, headers=key)
    assert (made.status_code, again.data) == (201, made.data)
    url = f"/api/incidents/{made.json['id']}"
    assert client.patch(url, json={"title": "Gerenuk gone"}, headers={"If-Match": '"v1"'}).status_code == 200
    assert client.patch(url, json={"title": "Not seen"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert client.get("/api/incidents").json["total"] == 1
    hits = client.get("/api/search", query_string={"q": "gerenuk"}).json["groups"]["incidents"]
    assert [hit["title"] for hit in hits["items"]] == ["Gerenuk gone"]
    assert client.post("/api/auth/logout").status_code == 200
    assert client.get(url).status_code == 401


def test_jobs_work_as_ever(app_behind, sign_in_behind, admin, member, work, mails):
    sign_in_behind(member).post("/api/status", json={"title": "t", "content": "c"})
    client = sign_in_behind(admin)
    client.post("/api/auth/forgot-password", json={"email": member.email})
    summary = client.post("/api/summaries/generate").json
    assert summary["status_updates_count"] == 1
    with app_behind.app_context(), unit_of_work():
        db.session.execute(db.text("UPDATE daily_summaries SET is_complete = false"))
        enqueue_after_commit("daily_summaries.generate", summary["summary_date"])
        enqueue_after_commit("outbox.send_due")

    work(app_behind)

    assert [each["id"] for each in client.get("/api/summaries").json["items"]] == [summary["id"]]
    assert client.get(f"/api/summaries/{summary['id']}").json["revision"] == 2
    assert member.email in {mail["To"] for mail in mails()}


def test_so_may_the_replica_be(site, site_of, tmp_path_factory):
    with ExitStack() as stack:
        poolers = {}
        for name, server in (("DATABASE_URL", site.pair.primary), ("DATABASE_REPLICA_URL", site.pair.standby)):
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="asyncops-test-pooler-"))
            Path(folder).chmod(0o755)
            poolers[name] = stack.enter_context(pooled(server.url, Path(folder) / "pgbouncer"))
        behind = site_of(**poolers, DATABASE_PREPARED="0")
        client = behind.sign_in("max@example.org")
        behind.settle()
        site.pair.standby.pause()
        client.post("/api/status", json={"title": "Dikdik in the server room", "content": "c"})
        assert client.get("/api/status", query_string={"search": "dikdik"}).json["total"] == 1
        assert client.get("/api/search", query_string={"q": "dikdik"}).json["groups"]["status_updates"]["total"] == 0
        with behind.app.app_context(), db.engines["replica"].connect() as connection:
            assert show(connection, "statement_timeout") == "5s"
            assert show(connection, "transaction_read_only") == "on"
            assert show(connection, "TimeZone") == "UTC"


def test_many_at_once_share_few_connections(app_behind, sign_in_behind, make_user, pooler, sql):
    people = [make_user() for _ in range(CLIENTS)]
    clients = [sign_in_behind(person) for person in people]
    end = time.monotonic() + SECONDS

    def work(client):
        for number in count(1):
            made = client.post(
                "/api/status",
                json={"title": f"Step {number}", "content": "c"},
                headers={"Idempotency-Key": str(number)},
            )
            assert made.status_code == 201, made.json
            edited = client.patch(
                f"/api/status/{made.json['id']}", json={"content": "d"}, headers={"If-Match": made.headers["ETag"]}
            )
            assert edited.status_code == 200, edited.json
            assert client.get("/api/status", query_string={"author_id": made.json["user_id"]}).json["total"] == number
            if time.monotonic() >= end:
                return number
        return 0

    with ThreadPoolExecutor(CLIENTS) as pool:
        made = list(pool.map(work, clients))

    assert min(made) > 0
    assert sql("SELECT count(*) FROM status_updates WHERE content = 'd' AND version = 2") == sum(made)
    assert sql("SELECT count(*) FROM activity WHERE action = 'status_update.created'") == sum(made)
    assert sql("SELECT count(*) FROM idempotency_keys") == sum(made)
