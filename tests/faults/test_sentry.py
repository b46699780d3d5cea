"""What real processes report to Sentry (a small receiver here), and what they never tell it."""

import gzip
import http.server
import json
import threading

import pytest
import requests

from tests.ports import free_port
from tests.waiting import eventually

BODY = "Zebra-Quagga the body of a post"
SLOGAN = "okapi-in-the-query"
AGENT = "tapir-browser/1.0"


class Receiver(http.server.ThreadingHTTPServer):
    """Takes envelopes as Sentry does, and keeps every byte."""

    def __init__(self):
        self.raw = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def dsn(self):
        return f"http://abc123@127.0.0.1:{self.server_port}/42"

    def events(self):
        """The events so far; the lines of an envelope are headers and payloads in turn."""
        lines = [json.loads(line) for envelope in self.raw for line in envelope.splitlines() if line]
        return [line for line in lines if "exception" in line]

    def text(self):
        return b"\n".join(self.raw).decode()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        self.server.raw.append(body)
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


@pytest.fixture
def sentry():
    receiver = Receiver()
    thread = threading.Thread(target=receiver.serve_forever)
    thread.start()
    yield receiver
    receiver.shutdown()
    thread.join()
    receiver.server_close()


@pytest.fixture
def web(start, member):
    """A web process with settings; gives a function that calls it as a signed-in person, with cookies and all."""

    def web(**settings):
        port = free_port()
        start("web", PORT=str(port), WEB_CONCURRENCY="1", **settings)
        session = requests.Session()
        session.trust_env = False
        session.headers["User-Agent"] = AGENT
        base = f"http://127.0.0.1:{port}"

        def up():
            try:
                return session.get(f"{base}/readyz", timeout=30).ok
            except requests.RequestException:
                return False

        eventually(up, "the web process")
        signed_in = session.post(
            f"{base}/api/auth/login", json={"email": member.email, "password": "correct-horse-1"}, timeout=30
        ).json()
        session.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        sessions.append(session)

        def call(method, path, **more):
            return session.request(method, base + path, timeout=30, **more)

        call.token = signed_in["access_token"]
        return call

    sessions = []
    yield web
    for session in sessions:
        session.close()


@pytest.fixture
def refusing(sql):
    """Let a table refuse every new row: PostgreSQL's error text then quotes the whole row."""
    tables = []

    def refusing(table):
        sql(f"ALTER TABLE {table} ADD CONSTRAINT tests_refuse CHECK (false) NOT VALID")
        tables.append(table)

    yield refusing
    for table in tables:
        sql(f"ALTER TABLE {table} DROP CONSTRAINT tests_refuse")


def test_an_error_in_a_request_arrives_without_what_people_wrote(sentry, web, member, refusing):
    call = web(SENTRY_DSN=sentry.dsn)
    refusing("status_updates")

    answer = call(
        "POST",
        f"/api/status?note={SLOGAN}",
        json={"title": "t", "content": f"{BODY} by {member.email}"},
        headers={"X-Request-ID": "the-request-1"},
    )
    assert answer.status_code == 500
    assert BODY in answer.text, "the error's text must quote the row, or this test shows nothing"
    (event,) = eventually(sentry.events, "the event")

    (*_, last) = event["exception"]["values"]
    assert last["type"] == "IntegrityError"
    functions = [frame["function"] for frame in last["stacktrace"]["frames"]]
    assert "post_update" in functions or "dispatch_request" in functions
    assert event["tags"] == {"request_id": "the-request-1", "route": "POST /api/status"}
    assert event["user"] == {"id": str(member.id)}
    for secret in (BODY, SLOGAN, AGENT, member.email, call.token, "Bearer", "127.0.0.1", "INSERT INTO"):
        assert secret not in sentry.text().replace(sentry.dsn, ""), secret
    assert not {"request", "breadcrumbs", "extra", "contexts", "server_name", "modules"} & event.keys()
    assert '"vars"' not in sentry.text()


def test_errors_of_the_second_request_of_a_forked_process_arrive_too(sentry, web, refusing):
    call = web(SENTRY_DSN=sentry.dsn)
    refusing("status_updates")
    refusing("decisions")

    call("POST", "/api/status", json={"title": "t", "content": BODY})
    eventually(sentry.events, "the first event")
    body = {"title": "T", "description": BODY, "context": "C", "outcome": "O", "decision_date": "2026-03-02"}
    call("POST", "/api/decisions", json=body)

    found = eventually(lambda: len(sentry.events()) == 2 and sentry.events(), "the second event")
    assert [event["tags"]["route"] for event in found] == ["POST /api/status", "POST /api/decisions"]


def test_refusals_are_no_errors(sentry, web):
    call = web(SENTRY_DSN=sentry.dsn)

    assert call("GET", "/api/incidents/999999").status_code == 404
    assert call("POST", "/api/status", json={}).status_code == 422
    assert call("GET", "/api/users").status_code == 403

    assert sentry.events() == []


def test_an_error_in_a_job_arrives_without_what_people_wrote(sentry, start, admin, sign_in, refusing, enqueue):
    sign_in(admin).post("/api/status", json={"title": BODY, "content": admin.email})
    refusing("daily_summaries")

    start("worker", SENTRY_DSN=sentry.dsn)
    enqueue("daily_summaries.generate", "2026-01-02")
    (event,) = eventually(sentry.events, "the event")

    assert event["exception"]["values"][-1]["type"] == "IntegrityError"
    assert event["tags"] == {"job": "daily_summaries.generate"}
    assert "user" not in event
    for secret in (BODY, admin.email, "Failing row", "2026-01-02", "INSERT INTO", '"vars"'):
        assert secret not in sentry.text(), secret
    assert not {"request", "breadcrumbs", "extra", "contexts", "server_name"} & event.keys()


def test_a_receiver_that_is_away_costs_neither_answer_nor_job(web, start, refusing, enqueue, queue):
    away = {"SENTRY_DSN": f"http://abc123@127.0.0.1:{free_port()}/42"}
    call = web(**away)
    refusing("status_updates")
    refusing("daily_summaries")

    assert call("POST", "/api/status", json={"title": "t", "content": "c"}).status_code == 500
    assert call("GET", "/api/status").status_code == 200
    start("worker", **away)
    enqueue("daily_summaries.generate", "2026-01-02")

    eventually(lambda: queue.zcard("rq:failed:summaries"), "the failed job")
