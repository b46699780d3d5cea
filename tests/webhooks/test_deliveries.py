"""/api/webhooks/<id>/deliveries: the log, one message, sending again, and the end of old rows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from asyncops.extensions import db

URL = "/api/webhooks"


@pytest.fixture
def failed(receiver, webhook, post, work, boss, deliveries):
    """A delivery that was given up: its webhook was switched off and on again."""
    receiver.answer = receiver.status(500)
    post()
    work()
    for is_active in (False, True):
        boss.patch(f"{URL}/{webhook['id']}", json={"is_active": is_active})
    receiver.answer = receiver.status(200)
    (item,) = deliveries()
    assert item["status"] == "failed"
    return item


@pytest.fixture
def replay(boss, webhook):
    def replay(item, of=webhook):
        return boss.post(f"{URL}/{of['id']}/deliveries/{item['id']}/replay")

    return replay


@pytest.fixture
def replays(boss):
    """What the ledger says of replays."""
    return lambda: boss.get("/api/activity?action=webhook.replayed").json["items"]


def test_the_log_is_newest_first_and_of_this_webhook_alone(make_webhook, webhook, post, deliveries, boss):
    make_webhook()
    for title in ("One", "Two", "Three"):
        post(title)

    assert [item["subject_title"] for item in deliveries()] == ["Three", "Two", "One"]
    first = boss.get(f"{URL}/{webhook['id']}/deliveries?limit=2").json
    assert (first["total"], len(first["items"])) == (3, 2)
    rest = boss.get(f"{URL}/{webhook['id']}/deliveries?limit=2&cursor={first['next_cursor']}").json
    assert [item["subject_title"] for item in rest["items"]] == ["One"]


def test_one_delivery_shows_the_message_that_was_sent(receiver, webhook, post, work, deliveries, boss):
    post()
    work()
    (item,) = deliveries()

    shown = boss.get(f"{URL}/{webhook['id']}/deliveries/{item['id']}").json

    assert shown.pop("payload") == receiver.read(webhook["secret"])
    assert shown == item


def test_the_delivery_of_another_webhook_is_not_found(make_webhook, webhook, post, deliveries, boss, replay):
    other = make_webhook(events=["incident.created"])
    post()
    (item,) = deliveries()

    assert boss.get(f"{URL}/{other['id']}/deliveries/{item['id']}").json["detail"] == "Delivery not found"
    assert replay(item, of=other).status_code == 404
    assert deliveries() == [item]


def test_a_replay_sends_now_under_the_same_id_with_all_attempts_before_it(
    receiver, webhook, failed, replay, work, deliveries, replays, admin
):
    answer = replay(failed)

    assert answer.status_code == 202
    assert (answer.json["status"], answer.json["attempts"], answer.json["last_error"]) == ("pending", 0, None)
    work()
    (item,) = deliveries()
    assert (item["status"], item["attempts"]) == ("delivered", 1)
    assert receiver.ids == [failed["message_id"]] * 2
    (act,) = replays()
    assert (act["actor"]["id"], act["subject_id"]) == (admin.id, webhook["id"])
    assert act["changes"] == [{"field": "message", "old": None, "new": failed["message_id"]}]


def test_replaying_twice_is_replaying_once(receiver, failed, replay, work, deliveries, replays):
    first, second = replay(failed), replay(failed)

    assert (second.status_code, second.json) == (202, first.json)
    work()
    assert len(receiver.came) == 2
    assert len(replays()) == 1


def test_two_replays_at_once_are_one(receiver, failed, replay, work, replays):
    with ThreadPoolExecutor(4) as pool:
        answers = [answer.status_code for answer in pool.map(lambda _: replay(failed), range(4))]
    work()

    assert 202 in answers
    assert set(answers) <= {202, 409}
    assert len(receiver.came) == 2
    assert len(replays()) == 1


def test_what_arrived_can_be_replayed_too(receiver, webhook, post, work, deliveries, replay):
    post()
    work()
    (item,) = deliveries()
    replay(item)
    assert deliveries()[0]["sent_at"] is None
    work()

    assert receiver.ids == [item["message_id"]] * 2
    assert deliveries()[0]["status"] == "delivered"


def test_a_replay_does_not_wait_for_the_next_rung(receiver, webhook, post, work, deliveries, replay, now):
    receiver.answer = receiver.status(500)
    post()
    work()
    receiver.answer = receiver.status(200)
    replay(deliveries()[0])
    work()

    assert deliveries()[0]["status"] == "delivered"


def test_nothing_is_replayed_to_a_webhook_that_is_disabled(webhook, failed, replay, boss, deliveries):
    boss.patch(f"{URL}/{webhook['id']}", json={"is_active": False})

    answer = replay(failed)

    assert (answer.status_code, answer.json["code"]) == (400, "webhook_is_disabled")
    assert deliveries()[0]["status"] == "failed"


def test_what_is_being_sent_is_not_replayed_and_nobody_waits(webhook, failed, replay, app, deliveries):
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(db.text("SELECT 1 FROM webhook_deliveries FOR NO KEY UPDATE"))
        answer = replay(failed)

    assert (answer.status_code, answer.json["code"]) == (409, "delivery_in_hand")
    assert deliveries() == [failed]


def test_what_was_settled_a_month_ago_is_purged(receiver, webhook, make_webhook, post, work, enqueue, deliveries, now):
    waits = make_webhook()
    post()
    work()
    receiver.answer = receiver.status(500)
    now.shift(timedelta(days=30) - timedelta(seconds=1))
    enqueue("webhooks.purge_done")
    work()
    assert len(deliveries()) == 1, "a second too early"

    post("Young")
    now.shift(1)
    for _ in range(2):
        enqueue("webhooks.purge_done")
        work()

    assert [item["subject_title"] for item in deliveries()] == ["Young"]
    assert [item["subject_title"] for item in deliveries(waits)] == ["Young"]


def test_what_still_waits_is_never_purged(receiver, webhook, post, enqueue, work, deliveries, now, sql):
    post()
    sql("UPDATE webhook_deliveries SET due_at = now() + interval '90 days'")
    now.shift(timedelta(days=60))
    enqueue("webhooks.purge_done")
    work()

    assert [item["status"] for item in deliveries()] == ["pending"]


def test_a_deleted_webhook_goes_when_its_last_delivery_does(webhook, boss, post, work, enqueue, sql, now):
    post()
    work()
    boss.delete(f"{URL}/{webhook['id']}")
    for days, left in ((29, 1), (1, 0)):
        now.shift(timedelta(days=days))
        enqueue("webhooks.purge_done")
        work()
        assert sql("SELECT count(*) FROM webhooks") == left


def test_a_webhook_that_is_there_is_not_purged_and_secrets_that_ended_are(webhook, boss, enqueue, work, sql, now):
    boss.post(f"{URL}/{webhook['id']}/rotate-secret")
    now.shift(timedelta(days=1) - timedelta(seconds=1))
    for left in (2, 1):
        enqueue("webhooks.purge_done")
        work()
        assert sql("SELECT count(*) FROM webhook_secrets") == left
        now.shift(1)
    assert sql("SELECT count(*) FROM webhooks") == 1
