"""Sending: what a receiver may do, the ladder, giving up, and who else wants the same rows."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from asyncops.extensions import redis_client
from asyncops.outbox import LADDER
from asyncops.transaction import unit_of_work
from modules.webhooks import service

URL = "/api/webhooks"


def moment(text):
    return datetime.fromisoformat(text)


@pytest.fixture
def send(app, enqueue, work, sql):
    """Let the job of the one delivery run, as if it had just been handed out."""

    def send():
        enqueue("webhooks.deliver", sql("SELECT max(id) FROM webhook_deliveries"))
        work()

    return send


@pytest.fixture
def gap(receiver):
    """A server that was there a moment ago."""
    url = receiver.url
    receiver.close()
    return url


def test_what_arrived_is_marked_and_not_sent_again(receiver, webhook, post, work, send, sweep, deliveries, show, now):
    receiver.answer = receiver.status(204)
    post()
    work()
    now.shift(60)
    send()
    sweep()

    assert len(receiver.came) == 1
    (item,) = deliveries()
    assert (item["status"], item["attempts"], item["due_at"], item["last_error"]) == ("delivered", 1, None, None)
    assert (item["status_code"], item["response"]) == (204, "")
    assert item["message_id"] == receiver.ids[0]
    assert (item["event"], item["subject_type"], item["subject_title"]) == (
        "status_update.created",
        "status_update",
        "Shipped it",
    )
    assert item["sent_at"] == show()["last_success_at"]
    assert item["duration_ms"] >= 0
    assert (show()["last_failure_at"], show()["failing_since"]) == (None, None)


@pytest.mark.parametrize("code", [199, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503])
def test_any_other_answer_is_a_failure_that_is_tried_again(receiver, webhook, post, work, deliveries, show, code):
    receiver.answer = receiver.status(code, b"<p>No</p>", Location=receiver.url.replace("hook", "elsewhere"))
    post()
    work()

    (item,) = deliveries()
    assert (item["status"], item["status_code"], item["attempts"]) == ("pending", code, 1)
    assert item["response"] == ("" if code < 200 else "<p>No</p>")
    assert item["last_error"] == f"The receiver answered {code}"
    assert show()["failing_since"] == show()["last_failure_at"] is not None
    assert receiver.paths == ["/hook?token=hush-hush"], "a redirect was followed"


def hang(receiver):
    return lambda _: receiver.stop.wait(5)


def drip(receiver):
    def answer(handler):
        for byte in itertools.cycle(b"HTTP/1.1 100 Continue\r\n\r\n"):
            if receiver.stop.wait(0.01):
                return
            handler.wfile.write(bytes([byte]))

    return answer


def close(_):
    return lambda _: None


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize(
    ("behaviour", "why"),
    [(hang, "No answer within 0.5 s"), (drip, "No answer within 0.5 s"), (close, "without an answer")],
)
def test_a_receiver_without_an_answer_is_a_failure_that_is_tried_again(
    receiver, webhook, post, work, deliveries, behaviour, why
):
    receiver.answer = behaviour(receiver)
    post()
    work()

    (item,) = deliveries()
    assert (item["status"], item["attempts"], item["status_code"], item["response"]) == ("pending", 1, None, None)
    assert why in item["last_error"]


def test_a_receiver_that_is_away_is_a_failure_that_is_tried_again(webhook, post, work, deliveries, gap):
    post()
    work()

    (item,) = deliveries()
    assert (item["status"], item["last_error"]) == ("pending", "No connection to 127.0.0.1: Connection refused")


def test_of_a_huge_answer_the_beginning_is_kept(receiver, webhook, post, work, deliveries):
    receiver.answer = receiver.status(200, "é\0".encode() * 1_000_000)
    post()
    work()

    (item,) = deliveries()
    assert item["status"] == "delivered"
    assert item["response"] == "é\N{REPLACEMENT CHARACTER}" * 500


def test_an_address_inside_is_refused_when_it_is_sent_to(make_app, work, receiver, make_webhook, post, deliveries):
    named = make_webhook(url=receiver.url.replace("127.0.0.1", "localhost"))
    post()
    work(make_app())

    (item,) = deliveries(named)
    assert (item["status"], item["last_error"]) == ("pending", "localhost has an address that is not public")
    assert receiver.came == []


def test_the_ladder_is_walked_to_its_end_under_one_id(receiver, webhook, post, work, sweep, deliveries, now, logged):
    receiver.answer = receiver.status(500)
    post()
    work()
    pauses = []
    while due := deliveries()[0]["due_at"]:
        pause = moment(due) - datetime.now(UTC)
        pauses.append(pause)
        now.shift(pause - timedelta(microseconds=1))
        sweep()
        assert len(receiver.came) == len(pauses), "before its time"
        now.shift(timedelta(microseconds=1))
        sweep()

    assert tuple(pauses) == LADDER
    assert len(receiver.came) == len(LADDER) + 1 == 8
    assert len(set(receiver.ids)) == 1
    stamps = [int(headers["webhook-timestamp"]) for headers, _ in receiver.came]
    assert stamps == sorted(set(stamps))
    assert receiver.read(webhook["secret"])["type"] == "status_update.created"
    (item,) = deliveries()
    assert (item["status"], item["attempts"], item["sent_at"]) == ("failed", 8, None)
    assert item["last_error"] == "The receiver answered 500"
    assert "message_given_up" in logged()


def test_a_success_ends_the_ladder_and_clears_the_failure(receiver, webhook, post, work, sweep, deliveries, show, now):
    receiver.answer = receiver.status(500)
    post()
    work()
    receiver.answer = receiver.status(200)
    now.shift(5)
    sweep()

    (item,) = deliveries()
    assert (item["status"], item["attempts"], item["last_error"]) == ("delivered", 2, None)
    assert show()["failing_since"] is None
    assert show()["last_failure_at"] < show()["last_success_at"]


def fail_for(days, receiver, post, work, now):
    """Fail once now and once after so many days."""
    receiver.answer = receiver.status(500)
    post("First")
    work()
    now.shift(days)
    post("Second")
    post("Third")


def test_a_webhook_that_fails_for_five_days_is_disabled_and_what_waits_is_dropped(
    receiver, webhook, make_webhook, post, work, sweep, deliveries, show, now, boss, logged
):
    other = make_webhook(events=["webhook.disabled"], url=receiver.url.replace("/hook", "/other"))
    fail_for(timedelta(days=5) - timedelta(seconds=1), receiver, post, work, now)
    work()
    assert show()["is_active"], "a second too early"
    now.shift(6)
    sweep()
    sweep()

    assert not show()["is_active"]
    third, second, first = deliveries()
    assert [item["status"] for item in (third, second, first)] == ["failed"] * 3
    assert {item["last_error"] for item in (third, second, first)} == {
        "The receiver answered 500",
        "The webhook was disabled: nothing arrived for five days",
    }
    (act,) = boss.get("/api/activity?action=webhook.disabled").json["items"]
    assert (act["actor"], act["subject_id"]) == (None, webhook["id"])
    assert act["changes"] == [{"field": "is_active", "old": True, "new": False}]
    assert [item["event"] for item in deliveries(other)] == ["webhook.disabled"]
    assert "webhook_disabled" in logged()

    before = len(receiver.came)
    post("Fourth")
    now.shift(3600)
    sweep()
    assert "Fourth" not in {item["subject_title"] for item in deliveries()}
    assert set(receiver.paths[before:]) <= {"/other?token=hush-hush"}


def test_a_success_within_the_five_days_starts_them_anew(receiver, webhook, post, work, sweep, show, now):
    receiver.answer = receiver.status(500)
    post()
    work()
    now.shift(timedelta(days=3))
    receiver.answer = receiver.status(200)
    sweep()
    fail_for(timedelta(days=3), receiver, post, work, now)
    work()

    assert show()["is_active"]


def test_switching_it_on_again_begins_with_a_clean_slate(receiver, webhook, post, work, show, now, boss):
    fail_for(timedelta(days=6), receiver, post, work, now)
    work()
    assert not show()["is_active"]

    boss.patch(f"{URL}/{webhook['id']}", json={"is_active": True})
    assert show()["failing_since"] is None
    post("Again")
    work()

    assert show()["is_active"]
    assert show()["failing_since"] is not None


def test_another_address_begins_with_a_clean_slate_and_gets_what_waits(
    receiver, webhook, post, work, sweep, show, now, boss, deliveries
):
    receiver.answer = receiver.status(500)
    post()
    work()
    boss.patch(f"{URL}/{webhook['id']}", json={"url": receiver.url.replace("/hook", "/new")})
    assert show()["failing_since"] is None

    receiver.answer = receiver.status(200)
    now.shift(5)
    sweep()

    assert receiver.paths[-1] == "/new?token=hush-hush"
    assert deliveries()[0]["status"] == "delivered"


def test_a_receiver_that_is_gone_is_believed_at_once(receiver, webhook, post, work, deliveries, show, boss):
    post("First")
    post("Second")
    receiver.answer = receiver.status(410)
    work()

    assert not show()["is_active"]
    assert len(receiver.came) == 1
    assert sorted(item["last_error"] for item in deliveries()) == [
        "The receiver answered 410",
        "The webhook was disabled: its receiver is gone",
    ]
    assert {item["status"] for item in deliveries()} == {"failed"}
    assert len(boss.get("/api/activity?action=webhook.disabled").json["items"]) == 1


@pytest.mark.parametrize("act", ["disable", "delete"])
def test_what_waits_is_dropped_with_its_webhook(receiver, webhook, post, work, sweep, now, boss, sql, act):
    receiver.answer = receiver.status(500)
    post("First")
    work()
    post("Second")
    url = f"{URL}/{webhook['id']}"
    boss.patch(url, json={"is_active": False}) if act == "disable" else boss.delete(url)
    now.shift(3600)
    post("Third")
    sweep()

    assert len(receiver.came) == 1
    assert sql("SELECT count(*) FROM webhook_deliveries") == 2
    assert sql("SELECT count(*) FROM webhook_deliveries WHERE due_at IS NULL AND sent_at IS NULL") == 2
    assert sql("SELECT min(last_error) FROM webhook_deliveries") == f"The webhook was {act.rstrip('e')}ed"


def test_a_row_that_was_written_while_its_webhook_was_switched_off_is_dropped(
    receiver, webhook, post, boss, sql, send, deliveries
):
    post()
    boss.patch(f"{URL}/{webhook['id']}", json={"is_active": False})
    sql("UPDATE webhook_deliveries SET due_at = now() - interval '1 minute', last_error = NULL")
    send()

    assert receiver.came == []
    (item,) = deliveries()
    assert (item["status"], item["last_error"]) == ("failed", "The webhook was disabled or deleted")


@pytest.mark.usefixtures("hurried")
@pytest.mark.parametrize("act", ["disable", "delete"])
def test_disabling_and_deleting_wait_for_no_send_in_hand(
    app, receiver, webhook, post, boss, sql, eventually, act, deliver_in_thread
):
    receiver.answer = hang(receiver)
    post()
    url = f"{URL}/{webhook['id']}"
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(deliver_in_thread)
        eventually(lambda: receiver.came)
        answer = boss.patch(url, json={"is_active": False}) if act == "disable" else boss.delete(url)
        assert answer.status_code in {200, 204}
        assert not sending.done(), "it waited"
        sending.result()

    assert sql("SELECT due_at IS NULL AND sent_at IS NULL FROM webhook_deliveries")
    assert sql("SELECT last_error FROM webhook_deliveries") == "No answer within 0.5 s"


@pytest.mark.usefixtures("hurried")
def test_two_workers_with_the_same_row_send_once(app, receiver, webhook, post, eventually, deliver_in_thread):
    receiver.answer = hang(receiver)
    post()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(deliver_in_thread)
        eventually(lambda: receiver.came)
        pool.submit(deliver_in_thread).result()
        assert not first.done(), "the second waited for the first"
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


def test_a_secret_whose_key_is_gone_is_a_failure_until_the_key_is_back(
    make_app, receiver, webhook, post, work, sweep, now, deliveries
):
    post()
    work(make_app(WEBHOOK_ALLOW_PRIVATE="1", ENCRYPTION_KEY="YW5vdGhlci1lbmNyeXB0aW9uLWtleS0wMTIzNDU2Nzg="))

    (item,) = deliveries()
    assert (item["status"], item["attempts"]) == ("pending", 1)
    assert "ENCRYPTION_KEY" in item["last_error"]
    now.shift(5)
    sweep()
    assert receiver.read(webhook["secret"])


def test_a_lost_queue_costs_a_minute_and_no_message(app, receiver, webhook, post, sweep, now):
    post()
    with app.app_context():
        redis_client().flushdb()
    now.shift(60)
    sweep()

    assert len(receiver.came) == 1


@pytest.fixture
def deliver_in_thread(app, sql):
    """Run the job of one delivery (the only one, if none is named) in this thread, as a worker would."""

    def deliver(delivery_id=None):
        chosen = delivery_id or sql("SELECT id FROM webhook_deliveries")
        with app.app_context(), unit_of_work():
            service.deliver(chosen)

    return deliver
