"""When a webhook is switched off, by itself or by somebody, and what becomes of what waits."""

from datetime import timedelta

import pytest

URL = "/api/webhooks"


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
