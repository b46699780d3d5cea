"""What arrives: which acts, in what shape, signed by what."""

import json
import re
from datetime import timedelta

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from asyncops.actor import Actor
from asyncops.clock import as_of, utcnow
from asyncops.extensions import redis_client
from asyncops.transaction import unit_of_work
from modules.identity import service as identity
from modules.status_updates import service as status_updates

URL = "/api/webhooks"


def test_a_message_tells_of_the_act_and_is_signed(receiver, webhook, post, work, admin, boss):
    update = post("Shipped it")
    work()

    ((headers, body),) = receiver.came
    message = Webhook(webhook["secret"]).verify(body, headers)
    (act,) = boss.get("/api/activity?action=status_update.created").json["items"]
    assert message == {
        "type": "status_update.created",
        "timestamp": act["occurred_at"],
        "data": {
            "activity_id": act["id"],
            "subject_type": "status_update",
            "subject_id": update["id"],
            "subject_title": "Shipped it",
            "url": f"http://localhost:8000/updates/{update['id']}",
            "actor": {"id": admin.id, "full_name": "Ada Admin", "email": "ada@example.org"},
            "changes": [],
        },
    }
    assert headers["content-type"] == "application/json"
    assert re.fullmatch(r"AsyncOps/\d+\.\d+\.\d+", headers["user-agent"])
    assert re.fullmatch(r"msg_[0-9a-f]+_\d+", headers["webhook-id"])
    assert receiver.paths == ["/hook?token=hush-hush"]


def test_a_message_that_was_tampered_with_does_not_verify(receiver, webhook, post, work):
    post()
    work()
    headers, body = receiver.came[0]

    for forged, said in (
        (body.replace(b"Shipped", b"Dropped"), headers),
        (body, headers | {"webhook-id": "msg_1"}),
        (body, headers | {"webhook-timestamp": str(int(headers["webhook-timestamp"]) + 1)}),
    ):
        with pytest.raises(WebhookVerificationError):
            Webhook(webhook["secret"]).verify(forged, said)


def test_a_webhook_hears_what_it_wants_and_nothing_else(receiver, make_webhook, webhook, boss, post, work):
    make_webhook(events=["incident.created", "status_update.deleted"])
    off = make_webhook(events=["*"], is_active=False)
    everything = make_webhook(events=["*"])

    update = post()
    boss.delete(f"/api/status/{update['id']}")
    boss.post("/api/incidents", json={"title": "Down", "description": "All of it."})
    work()

    def heard(secret):
        said = []
        for headers, body in receiver.came:
            try:
                said.append(Webhook(secret).verify(body, headers)["type"])
            except WebhookVerificationError:
                continue
        return sorted(said)

    assert heard(webhook["secret"]) == ["status_update.created"]
    assert heard(off["secret"]) == []
    assert heard(everything["secret"]) == [
        "incident.created",
        "status_update.created",
        "status_update.deleted",
        "webhook.created",
    ]


def test_what_has_no_page_has_no_address_and_what_the_system_did_no_actor(receiver, make_webhook, boss, post, work):
    make_webhook(events=["status_update.deleted", "user.registered"])
    update = post()
    boss.delete(f"/api/status/{update['id']}")
    boss.post(
        "/api/auth/register", json={"email": "n@example.org", "password": "correct-horse-1", "full_name": "New Person"}
    )
    with boss.application.app_context(), unit_of_work():
        identity.create_account(email="cli@example.org", password="correct-horse-1", full_name="From the shell")
    work()

    messages = [json.loads(body) for _, body in receiver.came]
    assert [message["data"]["url"] for message in messages] == [None] * 3
    (by_nobody,) = [message for message in messages if message["data"]["subject_title"] == "From the shell"]
    assert by_nobody["data"]["actor"] is None


def test_changes_are_told_from_which_value_to_which(receiver, make_webhook, boss, post, work):
    made = make_webhook(events=["status_update.updated"])
    update = post("Old")
    boss.patch(f"/api/status/{update['id']}", json={"title": "New"})
    work()

    assert receiver.read(made["secret"])["data"]["changes"] == [{"field": "title", "old": "Old", "new": "New"}]


def test_no_secret_and_no_token_is_in_a_log_line_a_ledger_row_an_answer_or_a_job(
    receiver, webhook, boss, post, work, app, logged, sql, deliveries
):
    rotated = boss.post(f"{URL}/{webhook['id']}/rotate-secret").json["secret"]
    receiver.answer = receiver.status(500, b"no")
    post()
    with app.app_context():
        jobs = str([redis_client().hgetall(key) for key in redis_client().keys("rq:job:*")])
    work()
    with app.app_context():
        jobs += str([redis_client().hgetall(key) for key in redis_client().keys("rq:job:*")])

    assert receiver.came
    assert "webhooks.deliver" in jobs
    shown = jobs + logged() + sql("SELECT string_agg(a::text, '') FROM activity a")
    shown += str(boss.get(URL).json["items"][0] | {"url": ""}) + str(deliveries())
    for hidden in (webhook["secret"], rotated):
        assert hidden not in shown
        assert hidden.removeprefix("whsec_") not in shown
    assert "hush-hush" not in shown


def test_both_secrets_sign_for_a_day_and_then_only_the_new_one(receiver, webhook, boss, post, work, now):
    new = boss.post(f"{URL}/{webhook['id']}/rotate-secret").json["secret"]
    assert new != webhook["secret"]

    now.shift(timedelta(hours=24) - timedelta(seconds=1))
    post("First")
    work()
    assert len(receiver.came[-1][0]["webhook-signature"].split(" ")) == 2
    assert receiver.read(new) == receiver.read(webhook["secret"])

    now.shift(timedelta(seconds=1))
    post("Second")
    work()
    assert receiver.read(new)["data"]["subject_title"] == "Second"
    with pytest.raises(WebhookVerificationError):
        receiver.read(webhook["secret"])
    assert len(receiver.came) == 2


def test_a_second_rotation_within_the_day_breaks_no_receiver(receiver, webhook, boss, post, work):
    secrets = [webhook["secret"]]
    secrets += [boss.post(f"{URL}/{webhook['id']}/rotate-secret").json["secret"] for _ in range(2)]
    post()
    work()

    assert [receiver.read(secret)["type"] for secret in secrets] == ["status_update.created"] * 3


def test_there_is_an_end_to_rotations_within_a_day(webhook, boss, now):
    answers = [boss.post(f"{URL}/{webhook['id']}/rotate-secret") for _ in range(10)]
    assert [answer.status_code for answer in answers] == [200] * 9 + [400]
    assert answers[-1].json["code"] == "too_many_secrets"

    now.shift(timedelta(days=1))
    assert boss.post(f"{URL}/{webhook['id']}/rotate-secret").status_code == 200


def test_a_database_made_anew_repeats_no_id(receiver, webhook, post, work, sql):
    for _ in range(2):
        sql("DELETE FROM webhook_deliveries")
        sql("ALTER SEQUENCE webhook_deliveries_id_seq RESTART")
        post()
        work()

    assert [name.rpartition("_")[2] for name in receiver.ids] == ["1", "1"]
    assert len(set(receiver.ids)) == 2


def test_history_that_is_filled_in_is_no_news(app, webhook, admin, post, deliveries):
    with app.app_context(), unit_of_work(), as_of(utcnow() - timedelta(days=7)):
        status_updates.post_status_update(Actor(admin.id, "admin"), title="Long ago", content="c", tags=[])

    assert deliveries() == []
    post("Now")
    assert [item["subject_title"] for item in deliveries()] == ["Now"]


def test_an_act_that_is_rolled_back_is_told_to_nobody(app, webhook, admin, deliveries):
    def fail():
        with app.app_context(), unit_of_work():
            status_updates.post_status_update(Actor(admin.id, "admin"), title="t", content="c", tags=[])
            raise LookupError

    with pytest.raises(LookupError):
        fail()

    assert deliveries() == []


def test_a_write_costs_one_statement_however_many_webhooks_there_are(make_webhook, statements, post):
    post()  # the first request of an hour also notes that the person was here
    none = statements(post)
    make_webhook()
    one = statements(post)
    for _ in range(9):
        make_webhook()
    ten = statements(post)

    assert none == one == ten


@pytest.fixture
def statements(sent):
    """How many statements an act takes."""

    def count(act):
        del sent[:]
        act()
        return len(sent)

    return count
