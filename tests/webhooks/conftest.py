"""What the tests of webhooks share: a receiver on loopback, an application that may reach it, and a webhook."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask

from asyncops import outbound
from tests.webhooks.receiver import Receiver


@pytest.fixture(scope="session")
def app(make_app: Callable[..., Flask], _schema: None) -> Flask:
    """As everywhere, but it may send to loopback, and people stay signed in for as long as the ladders are."""
    return make_app(WEBHOOK_ALLOW_PRIVATE="1", TOKEN_HOURS="8760")


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
def send(app, enqueue, work, sql):
    """Let the job of the one delivery run, as if it had just been handed out."""

    def send():
        enqueue("webhooks.deliver", sql("SELECT max(id) FROM webhook_deliveries"))
        work()

    return send


@pytest.fixture
def hurried(monkeypatch):
    """Half a second for each attempt, instead of fifteen."""
    monkeypatch.setitem(outbound.post.__kwdefaults__, "seconds", 0.5)
