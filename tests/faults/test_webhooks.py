"""A worker killed at any point of sending a webhook: the message arrives, under one id. With the shipped processes."""

import pytest

from tests.faults.processes import kill
from tests.waiting import eventually
from tests.webhooks.receiver import Receiver

OUTBOX = ("webhook_deliveries", "webhooks.deliver")


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def start_worker(start):
    """A worker that may send to loopback."""
    return lambda: start("worker", WEBHOOK_ALLOW_PRIVATE="1")


@pytest.fixture
def secret(sign_in, admin, receiver, queue):
    """That of a webhook with one message to send, whose nudge was lost."""
    boss = sign_in(admin)
    body = {"url": receiver.url.replace("127.0.0.1", "localhost"), "events": ["status_update.created"]}
    secret = boss.post("/api/webhooks", json=body).json["secret"]
    boss.post("/api/status", json={"title": "Shipped it", "content": "It works."})
    queue.flushall()
    return secret


@pytest.fixture
def assert_it_arrives(start_worker, workers_ready, enqueue, sql, message, receiver, secret):
    """What is left after a kill is found by the sweep and goes out; in all it was seen so many times."""

    def check(*, times):
        message.assert_waits()
        start_worker()
        enqueue("outbox.send_due")
        eventually(lambda: message.state() == (1, True, False), "the message")
        assert len(receiver.came) == times
        assert len(set(receiver.ids)) == 1
        assert receiver.read(secret)["data"]["subject_title"] == "Shipped it"

    return check


def test_killed_after_the_claim(start_worker, workers_ready, stuck, hold, secret, message, receiver, assert_it_arrives):
    let_go = hold("webhooks IN ACCESS EXCLUSIVE MODE")  # where it asks for the address
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    stuck(1)

    kill(worker)
    let_go()

    assert receiver.came == []
    assert_it_arrives(times=1)


def test_killed_while_the_receiver_has_it(start_worker, workers_ready, secret, message, receiver, assert_it_arrives):
    receiver.answer = receiver.hang
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    eventually(lambda: receiver.came, "the first attempt")

    kill(worker)
    receiver.answer = receiver.status(200)

    assert_it_arrives(times=2)


def test_killed_before_it_could_be_marked(
    start_worker, workers_ready, stuck, hold, secret, message, receiver, sql, assert_it_arrives
):
    let_go = hold("webhook_deliveries IN SHARE MODE")  # lets a row be claimed, and no row be changed
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    eventually(lambda: receiver.came, "the first attempt")
    stuck(1)

    kill(worker)
    let_go()

    assert_it_arrives(times=2)
    assert sql("SELECT last_success_at IS NOT NULL, failing_since IS NULL FROM webhooks") == [(True, True)]


def test_two_workers_and_two_nudges_send_it_once(
    start_worker, workers_ready, enqueue, secret, message, receiver, queue
):
    for _ in range(2):
        start_worker()
    workers_ready(2)
    for _ in range(4):
        message.hand_out()
    enqueue("outbox.send_due")

    eventually(lambda: queue.zcard("rq:finished:webhooks") >= 4, "all runs")
    assert message.state() == (1, True, False)
    assert len(receiver.came) == 1
