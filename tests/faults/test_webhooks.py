"""A worker killed at any point of sending a webhook: the message arrives, under one id. With the shipped processes."""

import psycopg
import pytest

from tests.faults.processes import eventually, kill
from tests.webhooks.receiver import Receiver


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
def hold(environment):
    """Take a table lock until the given function is called."""
    with psycopg.connect(environment["DATABASE_URL"].replace("+psycopg", "")) as connection:

        def hold(lock):
            connection.execute(f"LOCK TABLE {lock}")
            return connection.rollback

        yield hold


@pytest.fixture
def send(enqueue, sql):
    """Hand the one message to its job."""

    def send():
        ((delivery_id,),) = sql("SELECT id FROM webhook_deliveries")
        enqueue("webhooks.deliver", delivery_id)

    return send


@pytest.fixture
def row(sql):
    return lambda: sql("SELECT attempts, sent_at IS NOT NULL, due_at IS NOT NULL FROM webhook_deliveries")[0]


@pytest.fixture
def assert_it_arrives(start_worker, workers_ready, enqueue, sql, row, receiver, secret):
    """What is left after a kill is found by the sweep and goes out; in all it was seen so many times."""

    def check(*, times):
        in_use = "SELECT count(*) FROM pg_locks WHERE relation = 'webhook_deliveries'::regclass"
        eventually(lambda: sql(in_use)[0][0] == 0, "the killed one's locks to be gone")
        assert row() == (0, False, True)
        start_worker()
        enqueue("outbox.send_due")
        eventually(lambda: row() == (1, True, False), "the message")
        assert len(receiver.came) == times
        assert len(set(receiver.ids)) == 1
        assert receiver.read(secret)["data"]["subject_title"] == "Shipped it"

    return check


def test_killed_after_the_claim(start_worker, workers_ready, stuck, hold, secret, send, receiver, assert_it_arrives):
    let_go = hold("webhooks IN ACCESS EXCLUSIVE MODE")  # where it asks for the address
    worker = start_worker()
    workers_ready(1)
    send()
    stuck(1)

    kill(worker)
    let_go()

    assert receiver.came == []
    assert_it_arrives(times=1)


def test_killed_while_the_receiver_has_it(start_worker, workers_ready, secret, send, receiver, assert_it_arrives):
    receiver.answer = receiver.hang
    worker = start_worker()
    workers_ready(1)
    send()
    eventually(lambda: receiver.came, "the first attempt")

    kill(worker)
    receiver.answer = receiver.status(200)

    assert_it_arrives(times=2)


def test_killed_before_it_could_be_marked(
    start_worker, workers_ready, stuck, hold, secret, send, receiver, sql, assert_it_arrives
):
    let_go = hold("webhook_deliveries IN SHARE MODE")  # lets a row be claimed, and no row be changed
    worker = start_worker()
    workers_ready(1)
    send()
    eventually(lambda: receiver.came, "the first attempt")
    stuck(1)

    kill(worker)
    let_go()

    assert_it_arrives(times=2)
    assert sql("SELECT last_success_at IS NOT NULL, failing_since IS NULL FROM webhooks") == [(True, True)]


def test_two_workers_and_two_nudges_send_it_once(
    start_worker, workers_ready, enqueue, secret, send, receiver, row, queue
):
    for _ in range(2):
        start_worker()
    workers_ready(2)
    for _ in range(4):
        send()
    enqueue("outbox.send_due")

    eventually(lambda: queue.zcard("rq:finished:webhooks") >= 4, "all runs")
    assert row() == (1, True, False)
    assert len(receiver.came) == 1
