"""A worker killed at any point of telling somebody: one inbox entry, and a mail. With the shipped processes."""

import pytest

from tests.faults.postbox import postbox
from tests.faults.processes import kill
from tests.waiting import eventually

OUTBOX = ("deliveries", "notifications.deliver")


@pytest.fixture(name="postbox")
def _postbox():
    with postbox() as found:
        yield found


@pytest.fixture
def start_worker(start, postbox):
    return lambda: start("worker", SMTP_URL=postbox.url)


@pytest.fixture
def assigned(sign_in, member, other, queue):
    """One act that the member must hear of, whose nudge was lost; gives the member's inbox."""
    body = {"title": "Checkout errors", "description": "It fails.", "assigned_to_id": member.id}
    assert sign_in(other).post("/api/incidents", json=body).status_code == 201
    queue.flushall()
    reader = sign_in(member)
    return lambda: reader.get("/api/notifications").json["items"]


@pytest.fixture
def assert_it_arrives(start_worker, enqueue, sql, message, postbox, assigned):
    """What is left after a kill is found by the sweep and goes out; in all it was seen so many times."""

    def check(*, times):
        message.assert_waits()
        start_worker()
        enqueue("outbox.send_due")
        eventually(lambda: message.state() == (1, True, False), "the mail")
        assert len(postbox.came) == times
        assert len({mail["Message-ID"] for mail in postbox.mails}) == 1
        assert len(assigned()) == 1

    return check


def test_killed_after_the_claim(
    start_worker, workers_ready, stuck, hold, assigned, message, postbox, assert_it_arrives
):
    let_go = hold("notification_preferences IN ACCESS EXCLUSIVE MODE")  # where it asks for the wishes
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    stuck(1)

    kill(worker)
    let_go()

    assert postbox.came == []
    assert_it_arrives(times=1)


def test_killed_while_the_mail_server_has_it(
    start_worker, workers_ready, assigned, message, postbox, assert_it_arrives
):
    postbox.patience.clear()
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    eventually(lambda: postbox.came, "the first attempt")

    kill(worker)
    postbox.patience.set()

    assert_it_arrives(times=2)


def test_killed_before_it_could_be_marked(
    start_worker, workers_ready, stuck, hold, assigned, message, postbox, assert_it_arrives
):
    let_go = hold("deliveries IN SHARE MODE")  # lets a row be claimed, and no row be changed
    worker = start_worker()
    workers_ready(1)
    message.hand_out()
    eventually(lambda: postbox.came, "the first attempt")
    stuck(1)

    kill(worker)
    let_go()

    assert_it_arrives(times=2)


def test_two_workers_and_many_nudges_send_it_once(
    start_worker, workers_ready, enqueue, assigned, message, postbox, queue
):
    for _ in range(2):
        start_worker()
    workers_ready(2)
    for _ in range(4):
        message.hand_out()
    enqueue("outbox.send_due")

    eventually(lambda: queue.zcard("rq:finished:notifications") >= 5, "all runs")
    assert message.state() == (1, True, False)
    assert len(postbox.came) == 1
    assert len(assigned()) == 1
