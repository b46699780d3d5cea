"""/api/webhooks: making, changing and deleting webhooks."""

import base64

import pytest

from asyncops.events import actions
from modules.webhooks.service.administration import LOCK_CLASS

URL = "/api/webhooks"
BODY = {"url": "https://hooks.example.org/asyncops?token=hush-hush", "events": ["incident.created"]}


@pytest.fixture
def ledger(boss):
    """What the ledger says about webhooks, newest first."""
    return lambda: boss.get("/api/activity?subject_type=webhook&limit=100").json["items"]


def test_the_secret_is_shown_when_it_is_made_and_never_again(boss, make_webhook):
    made = make_webhook(**BODY, description="Pages the team")
    key = made.pop("secret")

    assert key.startswith("whsec_")
    assert len(base64.b64decode(key.removeprefix("whsec_"))) == 32
    assert made["url"] == BODY["url"]
    assert (made["events"], made["description"], made["is_active"]) == (BODY["events"], "Pages the team", True)
    assert (made["last_success_at"], made["last_failure_at"], made["failing_since"]) == (None, None, None)
    assert boss.get(f"{URL}/{made['id']}").json == made
    assert boss.get(URL).json["items"] == [made]
    assert boss.patch(f"{URL}/{made['id']}", json={"description": "x"}).json.keys() == made.keys()


def test_two_webhooks_have_two_secrets(make_webhook):
    assert make_webhook()["secret"] != make_webhook()["secret"]


def test_webhooks_are_listed_newest_first(boss, make_webhook):
    ids = [make_webhook()["id"] for _ in range(3)]

    assert [item["id"] for item in boss.get(URL).json["items"]] == ids[::-1]


def test_a_request_that_is_sent_again_makes_one_webhook_and_shows_the_secret_again(boss, sql):
    first, second = (boss.post(URL, json=BODY, headers={"Idempotency-Key": "one"}) for _ in range(2))

    assert second.json == first.json
    assert sql("SELECT count(*) FROM webhooks") == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"url": None}, "url"),
        ({"url": ""}, "url"),
        ({"url": "hooks.example.org"}, "url"),
        ({"url": "ftp://hooks.example.org"}, "url"),
        ({"url": "HTTPS://hooks.example.org"}, "url"),
        ({"url": "https://user:pw@hooks.example.org"}, "url"),
        ({"url": "https://hooks.example.org/" + "x" * 2000}, "url"),
        ({"url": "https://hooks.example.org/\0"}, "url"),
        ({"events": None}, "events"),
        ({"events": []}, "events"),
        ({"events": "*"}, "events"),
        ({"events": ["incident.exploded"]}, "events.0"),
        ({"events": ["*", 7]}, "events.1"),
        ({"events": ["*"] * 101}, "events"),
        ({"description": "x" * 201}, "description"),
        ({"description": None}, "description"),
        ({"description": "\0"}, "description"),
        ({"is_active": "perhaps"}, "is_active"),
        ({"is_active": None}, "is_active"),
    ],
)
def test_what_is_wrong_is_named_and_changes_nothing(boss, webhook, show, changed, field):
    before = show()

    for answer in (boss.post(URL, json=BODY | changed), boss.patch(f"{URL}/{webhook['id']}", json=changed)):
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]
    assert show() == before


def test_an_address_inside_is_refused_where_it_is_typed_in(make_app, sign_in, admin):
    token = sign_in(admin).environ_base["HTTP_AUTHORIZATION"]
    strict = make_app().test_client(use_cookies=False)

    answer = strict.post(URL, json=BODY | {"url": "http://10.0.0.1/"}, headers={"Authorization": token})

    assert answer.json["errors"] == {"url": ["Its address is not a public one."]}


def test_an_address_that_was_good_under_other_settings_may_stay(make_app, boss, webhook):
    strict = make_app().test_client(use_cookies=False)

    answer = strict.patch(
        f"{URL}/{webhook['id']}",
        json={"url": webhook["url"], "description": "Old"},
        headers={"Authorization": boss.environ_base["HTTP_AUTHORIZATION"]},
    )

    assert (answer.status_code, answer.json["description"]) == (200, "Old")


def test_an_unknown_event_is_answered_with_those_that_there_are(boss):
    (message,) = boss.post(URL, json=BODY | {"events": ["x"]}).json["errors"]["events.0"]

    assert message.startswith("Must be one of: *, blocker.archived, ")
    assert all(action in message for action in ("incident.created", "webhook.disabled", "user.registered"))


def test_every_action_may_be_wanted_and_the_document_lists_them(boss, client):
    everything = ["*", *actions()]

    assert boss.post(URL, json=BODY | {"events": everything}).json["events"] == everything
    schema = client.get("/api/openapi.json").json["components"]["schemas"]["WebhookIn"]
    assert schema["properties"]["events"]["items"]["enum"] == everything


def test_an_event_that_is_named_twice_counts_once(make_webhook):
    assert make_webhook(events=["incident.created", "*", "incident.created"])["events"] == ["incident.created", "*"]


def test_there_is_an_end_to_webhooks_and_a_deleted_one_makes_room(boss, make_webhook):
    ids = [make_webhook()["id"] for _ in range(50)]

    refused = boss.post(URL, json=BODY)
    assert (refused.status_code, refused.json["code"]) == (409, "too_many_webhooks")
    boss.delete(f"{URL}/{ids[0]}")
    assert boss.post(URL, json=BODY).status_code == 201


def test_two_at_once_are_not_both_the_last_one(boss, make_webhook, sql, while_held):
    for _ in range(49):
        make_webhook()

    def make():
        return boss.post(URL, json=BODY).status_code

    held = f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, 0)"
    assert sorted(while_held(held, make, make)) == [201, 409]
    assert sql("SELECT count(*) FROM webhooks") == 50


def test_a_change_is_written_down_without_what_may_be_a_token(boss, webhook, ledger, member, logged):
    boss.patch(f"{URL}/{webhook['id']}", json={"url": BODY["url"], "events": ["*"], "description": "x"})
    boss.patch(f"{URL}/{webhook['id']}", json={"is_active": False})
    boss.post(f"{URL}/{webhook['id']}/rotate-secret")
    boss.delete(f"{URL}/{webhook['id']}")

    acts = ledger()
    assert [act["action"].removeprefix("webhook.") for act in acts] == [
        "deleted",
        "secret_rotated",
        "updated",
        "updated",
        "created",
    ]
    assert acts[0]["subject_title"] == "https://hooks.example.org/asyncops?…"
    assert acts[2]["changes"] == [{"field": "is_active", "old": True, "new": False}]
    shown = {change["field"]: (change["old"], change["new"]) for change in acts[3]["changes"]}
    assert shown["url"] == (webhook["url"].split("?")[0] + "?…", "https://hooks.example.org/asyncops?…")
    assert shown["events"] == (["status_update.created"], ["*"])
    assert acts[1]["changes"] == []
    assert "hush" not in str(acts) + logged()


def test_changing_nothing_writes_nothing(boss, webhook, ledger, show):
    before, acts = show(), ledger()

    answer = boss.patch(f"{URL}/{webhook['id']}", json={"url": webhook["url"], "is_active": True, "description": ""})

    assert answer.status_code == 200
    assert (show(), ledger()) == (before, acts)


def test_who_read_another_version_changes_deletes_and_rotates_nothing(boss, webhook):
    url = f"{URL}/{webhook['id']}"
    stale = {"If-Match": boss.get(url).headers["ETag"]}
    boss.patch(url, json={"description": "new"})

    answers = [
        boss.patch(url, json={"description": "newer"}, headers=stale),
        boss.delete(url, headers=stale),
        boss.post(f"{url}/rotate-secret", headers=stale),
    ]

    assert [answer.status_code for answer in answers] == [412] * 3
    assert all(answer.json["current"]["description"] == "new" for answer in answers)
    assert "secret" not in answers[2].json["current"]


def test_of_two_rotations_with_one_etag_one_wins(boss, webhook):
    url = f"{URL}/{webhook['id']}"
    seen = {"If-Match": boss.get(url).headers["ETag"]}

    assert [boss.post(f"{url}/rotate-secret", headers=seen).status_code for _ in range(2)] == [200, 412]


def test_a_deleted_webhook_is_gone_but_its_history_stays(boss, webhook, ledger):
    url = f"{URL}/{webhook['id']}"
    assert boss.delete(url).status_code == 204

    answers = [
        boss.get(url),
        boss.patch(url, json={}),
        boss.delete(url),
        boss.post(f"{url}/rotate-secret"),
        boss.get(f"{url}/deliveries"),
        boss.get(f"{url}/deliveries/1"),
        boss.post(f"{url}/deliveries/1/replay"),
    ]
    assert {(answer.status_code, answer.json["detail"]) for answer in answers} == {(404, "Webhook not found")}
    assert boss.get(URL).json["items"] == []
    assert [act["action"] for act in ledger()] == ["webhook.deleted", "webhook.created"]


def test_a_secret_stands_encrypted_in_the_database_and_goes_with_its_webhook(boss, webhook, sql):
    kept = bytes(sql("SELECT secret FROM webhook_secrets"))

    assert kept.startswith(b"gAAAA")
    assert webhook["secret"].encode() not in kept
    boss.delete(f"{URL}/{webhook['id']}")
    assert sql("SELECT count(*) FROM webhook_secrets") == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE webhooks SET url = 'ftp://x'",
        "UPDATE webhooks SET url = 'https://a b'",
        "UPDATE webhooks SET url = 'https://' || repeat('x', 2000)",
        "UPDATE webhooks SET description = repeat('x', 201)",
        "UPDATE webhooks SET events = '{}'",
        "UPDATE webhooks SET events = array_fill('*'::text, ARRAY[101])",
        "UPDATE webhooks SET events = ARRAY[repeat('x', 7000)]",
        "INSERT INTO webhook_secrets (webhook_id, secret) SELECT id, 'x' FROM webhooks",
    ],
)
def test_the_database_refuses_it_too(webhook, sql, statement):
    with pytest.raises(Exception, match=r"violates|too long"):
        sql(statement)
