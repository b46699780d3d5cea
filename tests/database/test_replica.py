"""DATABASE_REPLICA_URL: what may lag is read from a streaming replica, and nothing else."""

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.exc import InternalError

from asyncops.backup.exporting import export_from_either
from asyncops.backup.server import Server
from asyncops.doctor import examine
from asyncops.extensions import db, settings
from asyncops.replica import ANSWER_WITHIN, TRUSTED_FOR, reads_may_lag
from asyncops.transaction import unit_of_work
from tests.waiting import eventually

LAGGING = {"/api/search", "/api/activity", "/api/summaries", "/api/summaries/<id:summary_id>"} | {
    "/api/summaries/today",
    "/api/summaries/trends",
}


@pytest.fixture
def client(site):
    return site.sign_in("max@example.org")


@pytest.fixture
def paused(site):
    """The replica stands still."""
    site.pair.standby.pause()


def report(client, title):
    answer = client.post("/api/incidents", json={"title": title, "description": "It is down", "severity": "low"})
    assert answer.status_code == 201, answer.json
    return answer.json["id"]


def found(client, word):
    answer = client.get("/api/search", query_string={"q": word})
    assert answer.status_code == 200, answer.json
    return answer.json["groups"]["incidents"]["total"]


def test_these_routes_may_lag_and_no_other(site):
    marked = set()
    for rule in site.app.url_map.iter_rules():
        view = getattr(site.app.view_functions[rule.endpoint], "view_class", None)
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            handler = getattr(view, method.lower(), None)
            while handler is not None:
                if getattr(handler, "may_lag", False):
                    marked.add((method, rule.rule))
                    break
                handler = getattr(handler, "__wrapped__", None)

    assert marked == {("GET", rule) for rule in LAGGING}


def test_search_the_ledger_and_summaries_lag_with_the_replica(site, client, paused):
    admin = site.sign_in("ada@example.org")
    today = client.get("/api/summaries/today").json
    trends = client.get("/api/summaries/trends").json
    activity = client.get("/api/activity").json["total"]
    summaries = client.get("/api/summaries").json["total"]

    report(client, "Quagga in the server room")
    made = admin.post("/api/summaries/generate").json

    assert found(client, "quagga") == 0
    assert client.get("/api/activity").json["total"] == activity
    assert client.get("/api/summaries").json["total"] == summaries
    assert client.get("/api/summaries/trends").json == trends
    assert client.get("/api/summaries/today").json["statistics"] == today["statistics"]
    site.pair.standby.resume()
    site.pair.catch_up()
    assert found(client, "quagga") == 1
    assert client.get("/api/activity").json["total"] == activity + 2
    assert client.get("/api/summaries").json["total"] == summaries + 1
    assert client.get("/api/summaries/trends").json != trends
    assert client.get("/api/summaries/today").json["statistics"] != today["statistics"]
    assert client.get(f"/api/summaries/{made['id']}").json["revision"] == made["revision"]


def test_one_reads_what_one_wrote(site, client, paused):
    number = report(client, "Okapi in the server room")

    assert client.get("/api/incidents", query_string={"search": "okapi"}).json["total"] == 1
    answer = client.patch(f"/api/incidents/{number}", json={"title": "Okapi gone"}, headers={"If-Match": '"v1"'})
    assert answer.status_code == 200
    assert client.get(f"/api/incidents/{number}").json["title"] == "Okapi gone"


def test_a_summary_that_the_replica_lacks_yet_is_shown(site, client, paused):
    admin = site.sign_in("ada@example.org")

    made = admin.post("/api/summaries/generate", query_string={"summary_date": "2026-01-05"}).json

    assert client.get(f"/api/summaries/{made['id']}").json["revision"] == made["revision"]
    assert client.get("/api/summaries/2000000000").status_code == 404


def test_a_hit_that_is_gone_answers_404(site, client):
    admin = site.sign_in("ada@example.org")
    number = report(client, "Tapir in the server room")
    admin.patch(f"/api/incidents/{number}/archive")
    site.pair.catch_up()
    site.pair.standby.pause()

    admin.delete(f"/api/incidents/{number}")

    assert found(client, "tapir") == 1
    assert client.get(f"/api/incidents/{number}").status_code == 404


def test_who_signed_out_is_out_at_once(client, paused):
    client.post("/api/auth/logout")

    assert client.get("/api/search", query_string={"q": "anything"}).status_code == 401


def test_nothing_is_written_there(site):
    @reads_may_lag
    def write():
        db.session.execute(db.text("UPDATE users SET full_name = 'Nobody'"))

    with site.app.app_context(), pytest.raises(InternalError, match="read-only transaction"), unit_of_work():
        write()
    with site.app.app_context(), unit_of_work():
        assert db.session.scalar(db.text("SELECT count(*) FROM users WHERE full_name = 'Nobody'")) == 0


def test_one_answer_shows_one_moment(site, client):
    counts = []

    @reads_may_lag
    def read():
        counts.append(db.session.scalar(db.text("SELECT count(*) FROM incidents")))
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(report, client, "Bongo in the server room").result()
        site.pair.catch_up()
        counts.append(db.session.scalar(db.text("SELECT count(*) FROM incidents")))
        return db.session.scalar(db.text("SELECT pg_is_in_recovery()"))

    with site.app.app_context(), unit_of_work():
        assert read() is True
    assert counts[0] == counts[1]


def test_the_replica_stops_and_comes_back(site, client, said):
    report(client, "Numbat in the server room")
    site.settle()
    site.pair.standby.stop()

    began = time.monotonic()
    assert found(client, "numbat") == 1
    assert time.monotonic() - began < ANSWER_WITHIN - 1
    report(client, "Numbat is back")
    assert found(client, "numbat") == 2  # from the primary: it is current
    assert client.get("/readyz").json["status"] == "ok"
    assert said().count("replica_away") == 1

    site.pair.standby.start()
    site.pair.catch_up()
    site.pair.standby.pause()
    report(client, "Numbat again")
    eventually(lambda: found(client, "numbat") == 2)  # from the replica again: it does not know the third
    assert said().count("replica_used") == 1


def test_it_stops_in_the_middle_of_a_read(site, client):
    served = []

    @reads_may_lag
    def read():
        served.append(db.session.scalar(db.text("SELECT pg_is_in_recovery()")))
        if served == [True]:
            site.pair.standby.kill()
        return db.session.scalar(db.text("SELECT pg_is_in_recovery()"))

    with site.app.app_context(), unit_of_work():
        assert read() is False
        db.session.execute(db.text("SELECT 1"))  # the primary's transaction is as it was
    assert served == [True, False]


@contextmanager
def frozen(server):
    """All of its processes stand still; connections to it stay open and are even accepted."""
    processes = [server.pid, *map(int, Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split())]

    def tell(number):
        for process in processes:
            with suppress(ProcessLookupError):  # some are there for a moment only
                os.kill(process, number)

    try:
        tell(signal.SIGSTOP)
        yield
    finally:
        tell(signal.SIGCONT)


def test_one_that_freezes_holds_nobody_up_for_long(site, client):
    report(client, "Dugong in the server room")
    site.settle()
    assert found(client, "dugong") == 1  # so there is a connection
    with frozen(site.pair.standby):
        began = time.monotonic()
        assert found(client, "dugong") == 1
        assert ANSWER_WITHIN - 1 < time.monotonic() - began < ANSWER_WITHIN + 5  # it had to be found out
        slowest = 0
        for _ in range(20):
            began = time.monotonic()
            assert found(client, "dugong") == 1
            slowest = max(slowest, time.monotonic() - began)
        assert slowest < ANSWER_WITHIN - 1

    site.settle()


def test_one_that_is_too_far_behind_is_not_asked(site, site_of):
    strict = site_of(DATABASE_REPLICA_MAX_LAG="1")
    client = strict.sign_in("max@example.org")
    strict.settle()
    site.pair.standby.pause()

    report(client, "Caracal in the server room")

    eventually(lambda: found(client, "caracal") == 1)
    assert [each.text for each in doctor(strict) if "replica is too far behind" in each.text]
    site.pair.standby.resume()
    strict.settle()


def test_a_quiet_primary_does_not_make_the_replica_seem_old(site, site_of):
    strict = site_of(DATABASE_REPLICA_MAX_LAG="1")
    site.pair.catch_up()

    time.sleep(1.5)

    strict.settle()


def test_after_a_quiet_time_it_is_looked_at_before_it_is_used(site, client):
    report(client, "Serval in the server room")
    site.settle()
    replica = site.app.extensions["asyncops.replica"]
    site.pair.standby.stop()
    replica._looked_at = time.monotonic() - TRUSTED_FOR

    assert found(client, "serval") == 1
    assert "does not answer" in replica._fault


def test_a_server_that_follows_nobody_is_no_replica(site, site_of):
    alone = site_of(DATABASE_REPLICA_URL=site.pair.primary.url)
    client = alone.sign_in("max@example.org")

    assert client.get("/api/activity").status_code == 200
    assert [each.level for each in doctor(alone) if "is no streaming replica" in each.text] == ["problem"]


def test_a_stranger_is_no_replica(site, site_of, servers):
    strange = site_of(DATABASE_REPLICA_URL=servers.database_url)
    client = strange.sign_in("max@example.org")
    report(client, "Zorilla in the server room")

    assert found(client, "zorilla") == 1
    assert [each.level for each in doctor(strange) if "belongs to another database cluster" in each.text] == ["problem"]


def test_a_table_that_has_not_come_yet_is_looked_for_in_the_primary(site, paused):
    @reads_may_lag
    def read():
        return db.session.scalar(db.text("SELECT count(*) FROM of_the_next_release"))

    with site.app.app_context(), db.engine.begin() as connection:
        connection.execute(db.text("CREATE TABLE of_the_next_release ()"))
    try:
        with site.app.app_context(), unit_of_work():
            assert read() == 0
    finally:
        with site.app.app_context(), db.engine.begin() as connection:
            connection.execute(db.text("DROP TABLE of_the_next_release"))


def test_the_doctor_and_the_metrics_tell_of_it(site, client, monkeypatch):
    monkeypatch.setattr("asyncops.http.metrics.ANSWER_WITHIN_SECONDS", 30)  # a busy machine leaves nothing out
    found(client, "anything")

    assert [each.level for each in doctor(site) if "The replica answers" in each.text] == ["ok"]
    told = client.get("/metrics").text
    assert "asyncops_replica_up 1.0" in told
    assert "asyncops_replica_lag_seconds " in told
    assert 'asyncops_replica_reads_total{server="replica"}' in told
    assert 'asyncops_database_pool_size{server="replica"} 4.0' in told
    site.pair.standby.stop()
    assert "asyncops_replica_up 0.0" in client.get("/metrics").text
    assert [each.level for each in doctor(site) if "The replica does not answer" in each.text] == ["problem"]


def doctor(site):
    with site.app.app_context(), unit_of_work():
        return list(examine(settings()))


@pytest.fixture
def export(site, tmp_path):
    def export():
        path = tmp_path / "export.jsonl"
        with site.app.app_context():
            _, from_replica = export_from_either(Server.of_application(), path)
        return path.read_text(), from_replica

    return export


def test_an_export_is_read_from_the_replica_and_lacks_nothing(site, client, export):
    site.pair.standby.pause()
    report(client, "Kudu in the server room")
    later = threading.Timer(1, site.pair.standby.resume)
    later.start()

    text, from_replica = export()

    later.join()
    assert from_replica
    assert "Kudu in the server room" in text


def test_an_export_does_without_a_replica_that_is_away(site, client, export):
    report(client, "Nyala in the server room")
    site.pair.standby.stop()

    text, from_replica = export()

    assert not from_replica
    assert "Nyala in the server room" in text


def test_its_sessions_are_read_only_and_short(site):
    with site.app.app_context(), db.engines["replica"].connect() as connection:
        shown = [connection.scalar(db.text(f"SHOW {name}")) for name in ("transaction_read_only", "statement_timeout")]
        assert isinstance(connection.connection.driver_connection, psycopg.Connection)

    assert shown == ["on", "5s"]
