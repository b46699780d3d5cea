"""What the tests of webhooks share: a receiver on loopback, an application that may reach it, and a webhook."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine
from flask import Flask
from standardwebhooks import Webhook

from asyncops import outbound
from asyncops.extensions import db
from asyncops.transaction import unit_of_work


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Flask], _schema: None) -> Flask:
    """As everywhere, but it may send to loopback, and people stay signed in for as long as the ladders are."""
    return make_app(WEBHOOK_ALLOW_PRIVATE="1", TOKEN_HOURS="8760")


class Receiver:
    """A real HTTP server. `answer` deals with each request; what came is in `came`, as (headers, body)."""

    def __init__(self):
        self.came = []
        self.paths = []
        self.answer = self.status(200)
        self.stop = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.paths.append(self.path)
                receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
                receiver.answer(self)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?token=hush-hush"

    @property
    def ids(self):
        return [headers["webhook-id"] for headers, _ in self.came]

    def status(self, code, body=b"", **headers):
        def answer(handler):
            handler.send_response(code)
            for name, value in headers.items():
                handler.send_header(name, value)
            handler.end_headers()
            handler.wfile.write(body)

        return answer

    def close(self):
        self.stop.set()
        self.server.shutdown()
        self.server.server_close()

    def read(self, secret):
        """The last message, as somebody with the secret takes it in."""
        headers, body = self.came[-1]
        return Webhook(secret).verify(body, headers)


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def boss(sign_in, admin):
    """The administrator's client."""
    return sign_in(admin)


@pytest.fixture
def make_webhook(boss, receiver):
    """Make a webhook for the receiver; gives the answer's object, with the secret."""

    def make(**changed):
        body = {"url": receiver.url, "events": ["status_update.created"]} | changed
        answer = boss.post("/api/webhooks", json=body)
        assert answer.status_code == 201, answer.json
        return answer.json

    return make


@pytest.fixture
def webhook(make_webhook):
    return make_webhook()


@pytest.fixture
def post(boss):
    """Do something that a webhook tells of: post a status update."""

    def post(title="Shipped it", **body):
        answer = boss.post("/api/status", json={"title": title, "content": "It works."} | body)
        assert answer.status_code == 201, answer.json
        return answer.json

    return post


@pytest.fixture
def deliveries(boss, webhook):
    """What the log of the webhook's deliveries says, newest first."""

    def deliveries(of=webhook):
        return boss.get(f"/api/webhooks/{of['id']}/deliveries?limit=100").json["items"]

    return deliveries


@pytest.fixture
def show(boss, webhook):
    """The webhook as it is now."""

    def show(one=webhook):
        return boss.get(f"/api/webhooks/{one['id']}").json

    return show


@pytest.fixture
def now():
    """Stop the clock; `now.shift` moves it."""
    with time_machine.travel(datetime.now(UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def sql(app):
    """Look at or change what no route shows."""

    def sql(statement, **values):
        with app.app_context(), unit_of_work():
            result = db.session.execute(db.text(statement), values)
            return result.scalar() if result.returns_rows else None

    return sql


@pytest.fixture
def hurried(monkeypatch):
    """Half a second for each attempt, instead of fifteen."""
    monkeypatch.setitem(outbound.post.__kwdefaults__, "seconds", 0.5)


@pytest.fixture
def eventually():
    """Wait until a condition holds."""

    def eventually(condition):
        deadline = time.monotonic() + 10
        while not condition():
            assert time.monotonic() < deadline, "In vain"
            time.sleep(0.01)

    return eventually
