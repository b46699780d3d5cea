"""The benchmark stays what it says: both programs answer the same bytes, and what they are measured with works."""

import os
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import psycopg
import pytest
import time_machine
from werkzeug.test import Client

from tests.benchmarks import report
from tests.benchmarks.dataset import Dataset
from tests.benchmarks.floor import Floor, make_token
from tests.benchmarks.load import Call, Load, run
from tests.benchmarks.measuring import POST, SIGN_IN, Beside, Figures, reads
from tests.benchmarks.processes import cpu_seconds, pss_mb
from tests.benchmarks.profiling import REST, layer_of

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def database(servers, app):
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as connection:
        yield connection


@pytest.fixture
def sides(app, environment, database):
    """Ours and the floor on one small set of data, as clients of one person."""
    data = Dataset(database, NOW)
    data.people(bcrypt_rounds=4)
    data.updates(150)
    data.records(200)
    data.busy_day(100)
    floor = Floor(environment["DATABASE_URL"], environment["JWT_SECRET_KEY"], environment["ENCRYPTION_KEY"], threads=1)
    with time_machine.travel(NOW, tick=False):
        token = make_token(7, 1, environment["JWT_SECRET_KEY"])
        headers = {"Authorization": f"Bearer {token}"}

        def asking(client):
            def ask(call):
                more = {"Idempotency-Key": "once"} if call.keyed else {}
                return client.open(call.path, method=call.method, json=call.body, headers=headers | more)

            return ask

        yield SimpleNamespace(ours=asking(app.test_client(use_cookies=False)), floor=asking(Client(floor)))
    floor.close()


def test_both_answer_every_read_with_the_same_bytes(sides):
    site = SimpleNamespace(ours=None, json=lambda _, path: sides.ours(Call("GET", path)).json)
    calls = reads(site, page=3)

    for name, call in calls.items():
        ours, floor = sides.ours(call), sides.floor(call)
        assert (ours.status_code, floor.status_code) == (200, 200), name
        assert floor.data == ours.data, name
    assert all(sides.ours(call).json["items"] for name, call in calls.items() if "page" in name)
    assert sides.ours(calls["today"]).json["status_updates"]
    common, rare = (sides.ours(calls[f"search, {word}"]).json["groups"] for word in ("common", "rare"))
    assert all(group["items"] for group in common.values())
    assert [group["total"] for group in rare.values()] == [1, 1, 0, 0]


@pytest.mark.parametrize("side", ["ours", "floor"])
def test_a_create_leaves_the_same_rows(sides, side, sql):
    before = sql("SELECT count(*) FROM activity")

    answer = getattr(sides, side)(POST)

    assert answer.status_code == 201
    assert list(answer.json) == ["id", "user_id", "title", "content", "tags", "created_at", "updated_at", "user"]
    assert sql("SELECT count(*) FROM activity") == before + 1
    assert sql("SELECT title FROM status_updates WHERE id = :id", id=answer.json["id"]) == POST.body["title"]
    assert sql("SELECT count(*) FROM idempotency_keys WHERE key = 'once' AND user_id = 7 AND status = 201") == 1


def test_both_give_tokens_that_the_other_takes(sides, client):
    for side in (sides.ours, sides.floor):
        answer = side(SIGN_IN)
        assert answer.status_code == 200
        me = client.get("/api/users/me", headers={"Authorization": f"Bearer {answer.json['access_token']}"})
        assert me.json == answer.json["user"]


@pytest.fixture
def server():
    """A server that refuses GETs, and the requests that it had."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # connections stay open
        wbufsize = -1  # an answer goes out whole

        def answer(self, status):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            seen.append((self.command, self.path, self.headers, body))
            self.send_response(status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_GET(self):
            self.answer(403)

        def do_POST(self):
            self.answer(200)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield SimpleNamespace(port=server.server_port, seen=seen)
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_load_generator_sends_what_it_should_and_tells_refusals_apart(server):
    calls = [Call("POST", "/take", {"a": 1}, keyed=True, spread=True, weight=3), Call("GET", "/refuse")]

    found = run(Load(server.port, connections=2, seconds=0.3, calls=calls, tokens=["t1", "t2"]))

    posts = [(headers, body) for command, _, headers, body in server.seen if command == "POST"]
    assert len(found.milliseconds) == len(posts) > 0
    assert found.others == {"403": len(server.seen) - len(posts)}
    assert {body for _, body in posts} == {b'{"a":1}'}
    assert {headers["Authorization"] for headers, _ in posts} == {"Bearer t1", "Bearer t2"}
    assert len({headers["Idempotency-Key"] for headers, _ in posts}) == len(posts)
    assert found.milliseconds == sorted(found.milliseconds)
    assert (found.percentile(0), found.percentile(100)) == (found.milliseconds[0], found.milliseconds[-1])


def test_the_report_says_what_was_measured_and_goes_between_its_marks(database, tmp_path):
    figures = Figures(rate=100, p50=1, p95=2, p99=3, cpu=4, database_cpu=1)
    written = report.Written(SimpleNamespace(database=database), seconds=1, rounds=2)
    written.add(1000, "me", 10, Beside(floor=figures, ours=figures))
    written.aims.append(report.Aim("Something", "below 2", "3", met=False))
    document = tmp_path / "performance.md"
    document.write_text(f"before\n{report.BEGIN.format('make bench')}\nold\n{report.END}\nafter\n")

    report.put(report.document(written, command=report.command(["--rounds", "2"]), took=60), document, "make bench")

    text = document.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "old" not in text
    assert "`make bench ARGS='--rounds 2'`" in text
    assert "| Something | below 2 | 3 | **not met** |" in text
    assert "| me | 10 | 1.00 | 4.00 | 4.00 | 1.00 | 1.00 | 100 | 100 | 1.0 | 2.0 | 3.0 | 2.0 |" in text


def test_a_moment_counts_for_the_innermost_layer_at_work():
    frames = ["handle (/env/site-packages/gunicorn/workers/gthread.py:1)", "all (/code/asyncops/prepared.py:2)"]

    assert layer_of(";".join(frames)) == "the program's own code"
    assert layer_of(";".join([*frames, "isoformat (/usr/lib/python3.11/datetime.py:3)"])) == "the program's own code"
    assert layer_of("_bootstrap (/usr/lib/python3.11/threading.py:1)") == REST


def test_processes_are_read_with_what_they_forked():
    assert cpu_seconds(1 << 30) == 0  # no such process
    assert pss_mb(1 << 30) == 0
    assert cpu_seconds(os.getpid()) > 0
    assert pss_mb(os.getpid()) > 1
