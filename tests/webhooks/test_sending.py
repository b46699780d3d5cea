"""Sending: what a receiver may do, and the ladder."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from asyncops.extensions import redis_client
from asyncops.outbox import LADDER


def moment(text):
    return datetime.fromisoformat(text)


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
    assert show()["updated_at"] == webhook["updated_at"], "it was not edited"


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
    return receiver.hang


def drip(receiver):
    def answer(handler):
        for byte in itertools.cycle(b"HTTP/1.1 100 Continue\r\n\r\n"):
            if receiver.stop.wait(0.01):
                return
            handler.wfile.write(bytes([byte]))

    return answer


def close(_):
    return lambda _: None


@pytest.mark.parametrize(
    ("behaviour", "why"),
    [(hang, "No answer within 0.5 s"), (drip, "No answer within 0.5 s"), (close, "without an answer")],
)
def test_a_receiver_without_an_answer_is_a_failure_that_is_tried_again(
    request, receiver, webhook, post, work, deliveries, behaviour, why
):
    if behaviour is not close:
        request.getfixturevalue("hurried")
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
