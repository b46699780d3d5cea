"""Who else wants the same rows at the same moment."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from asyncops.transaction import unit_of_work
from modules.webhooks import service
from tests.waiting import eventually

URL = "/api/webhooks"


@pytest.fixture
def deliver_in_thread(app, sql):
    """Run the job of one delivery (the only one, if none is named) in this thread, as a worker would."""

    def deliver(delivery_id=None):
        chosen = delivery_id or sql("SELECT id FROM webhook_deliveries")
        with app.app_context(), unit_of_work():
            service.deliver(chosen)

    return deliver


@pytest.mark.parametrize("act", ["disable", "delete"])
def test_disabling_and_deleting_wait_for_no_send_in_hand(
    app, receiver, webhook, post, boss, sql, act, deliver_in_thread
):
    receiver.answer = receiver.hang
    post()
    url = f"{URL}/{webhook['id']}"
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(deliver_in_thread)
        eventually(lambda: receiver.came, "the message")
        answer = boss.patch(url, json={"is_active": False}) if act == "disable" else boss.delete(url)
        assert answer.status_code in {200, 204}
        assert not sending.done(), "it waited"
        receiver.stop.set()
        sending.result()

    assert sql("SELECT due_at IS NULL AND sent_at IS NULL FROM webhook_deliveries")
    assert sql("SELECT last_error FROM webhook_deliveries") == "The connection ended without an answer in HTTP"


def test_two_workers_with_the_same_row_send_once(app, receiver, webhook, post, deliver_in_thread):
    receiver.answer = receiver.hang
    post()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(deliver_in_thread)
        eventually(lambda: receiver.came, "the message")
        pool.submit(deliver_in_thread).result()
        assert not first.done(), "the second waited for the first"
        receiver.stop.set()
        first.result()

    assert len(receiver.came) == 1


def test_many_that_fail_and_arrive_at_once_neither_block_nor_lose_each_other(
    app, receiver, webhook, post, sql, deliver_in_thread, deliveries
):
    answers = itertools.cycle([receiver.status(200), receiver.status(500)])

    def answer(handler):
        next(answers)(handler)

    receiver.answer = answer
    for number in range(8):
        post(str(number))
    ids = [item["id"] for item in deliveries()]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver_in_thread, ids))

    assert sorted(item["status"] for item in deliveries()) == ["delivered"] * 4 + ["pending"] * 4
    assert all(item["attempts"] == 1 for item in deliveries())


def test_two_that_learn_at_once_that_the_receiver_is_gone_tell_it_once(
    app, receiver, webhook, post, boss, deliver_in_thread, deliveries
):
    receiver.answer = receiver.status(410)
    for number in range(4):
        post(str(number))
    ids = [item["id"] for item in deliveries()]

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(deliver_in_thread, ids))

    assert {item["status"] for item in deliveries()} == {"failed"}
    assert len(boss.get("/api/activity?action=webhook.disabled").json["items"]) == 1
