"""/api/notifications: one's own, newest first, read and unread"""

import pytest

from asyncops.actor import SYSTEM
from asyncops.events import Subject, publish
from asyncops.transaction import unit_of_work
from modules.activity.events import Recorded
from modules.webhooks.events import WebhookDisabled


def test_entries_come_newest_first_in_pages_with_the_number_of_unread_ones(assigned, reader):
    ids = [assigned()["id"] for _ in range(3)]

    first = reader.get("/api/notifications?limit=2").json
    second = reader.get(f"/api/notifications?limit=2&cursor={first['next_cursor']}").json

    assert [entry["subject_id"] for entry in first["items"] + second["items"]] == ids[::-1]
    assert (first["total"], first["unread_count"], second["unread_count"]) == (3, 3, 3)


def test_reading_one_leaves_the_others_new(assigned, reader, inbox):
    assigned()
    assigned()
    entry = inbox()[0]

    answer = reader.patch(f"/api/notifications/{entry['id']}", json={"is_read": True})

    assert answer.status_code == 200
    assert answer.json == entry | {"is_read": True}
    assert reader.get("/api/notifications").json["unread_count"] == 1
    assert [one["id"] for one in inbox(unread="true")] == [inbox()[1]["id"]]


def test_reading_twice_keeps_the_first_moment_and_it_can_be_made_new_again(assigned, reader, inbox, sql):
    assigned()
    url = f"/api/notifications/{inbox()[0]['id']}"
    reader.patch(url, json={"is_read": True})
    first = sql("SELECT read_at FROM notifications")
    reader.patch(url, json={"is_read": True})
    assert sql("SELECT read_at FROM notifications") == first

    assert reader.patch(url, json={"is_read": False}).json["is_read"] is False


def test_reading_all_reads_ones_own_alone(incident, reader, inbox, other, sign_in):
    incident(severity="critical")

    assert reader.post("/api/notifications/read-all").json == {"unread_count": 0}

    assert [entry["is_read"] for entry in inbox()] == [True]
    assert [entry["is_read"] for entry in inbox(sign_in(other))] == [False]


@pytest.mark.parametrize("body", [{}, {"is_read": None}, {"is_read": "yes"}])
def test_read_is_true_or_false(assigned, reader, inbox, body):
    assigned()

    answer = reader.patch(f"/api/notifications/{inbox()[0]['id']}", json=body)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["is_read"])


def test_what_is_wanted_by_mail_alone_is_not_in_the_inbox(assigned, prefer, reader, inbox, mails, work, sql):
    prefer(matrix=[{"event": "incident.assigned", "inbox": False}])
    assigned()
    work()

    assert inbox() == []
    assert reader.get("/api/notifications").json["unread_count"] == 0
    assert len(mails()) == 1
    hidden = sql("SELECT id FROM notifications")
    assert reader.patch(f"/api/notifications/{hidden}", json={"is_read": True}).status_code == 404


def test_who_wants_it_nowhere_has_no_entry(assigned, prefer, sql):
    prefer(matrix=[{"event": "incident.assigned", "inbox": False, "email": False, "chat": False}])
    assigned()

    assert sql("SELECT count(*) FROM notifications") == 0


def test_the_same_act_told_again_adds_nothing(app, sign_in, admin, inbox, sql):
    boss, disabled = sign_in(admin), WebhookDisabled(SYSTEM, Subject("webhook", 7, "https://hooks.example.org/"))
    with app.app_context(), unit_of_work():
        publish(disabled)
    act = sql("SELECT max(id) FROM activity")
    for _ in range(2):
        with app.app_context(), unit_of_work():
            publish(Recorded(disabled, act))

    assert len(inbox(boss)) == 1
    assert sql("SELECT count(*) FROM deliveries") == 1


def test_a_test_goes_to_the_inbox_and_by_mail(reader, inbox, mails, work, member, text_of):
    assert reader.post("/api/notifications/test").json == {"channels": ["inbox", "email"]}
    work()

    (entry,) = inbox()
    assert (entry["event"], entry["subject_type"], entry["subject_id"]) == ("user.test", "user", member.id)
    assert (entry["actor"], entry["url"]) == (None, "/inbox")
    (mail,) = mails()
    assert mail["To"] == member.email
    assert "It works" in text_of(mail)


def test_tests_are_few(reader):
    statuses = [reader.post("/api/notifications/test").status_code for _ in range(21)]

    assert statuses == [202] * 20 + [429]
