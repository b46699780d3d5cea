"""/api/notifications/preferences, and that they are heeded"""

import pytest

URL = "/api/notifications/preferences"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


@pytest.fixture
def cells(reader):
    def cells():
        return {row["event"]: row for row in reader.get(URL).json["matrix"]}

    return cells


def test_without_a_choice_there_are_defaults(reader):
    found = reader.get(URL).json

    assert [row["event"] for row in found["matrix"]] == [
        "incident.assigned",
        "user.mentioned",
        "incident.created",
        "incident.status_changed",
        "blocker.created",
        "blocker.resolved",
        "decision.created",
        "decision.updated",
        "summary.generated",
        "user.updated",
        "webhook.disabled",
    ]
    assert all(row["inbox"] for row in found["matrix"])
    assert [row["event"] for row in found["matrix"] if not row["email"]] == [
        "incident.status_changed",
        "decision.updated",
    ]
    del found["matrix"]
    assert found == {
        "quiet_hours": None,
        "email_mode": "immediate",
        "digest_time": "09:00",
        "timezone": "UTC",
        "chat_service": None,
    }


def test_a_cell_changes_alone(prefer, cells):
    before = cells()
    prefer(matrix=[{"event": "incident.assigned", "email": False}, {"event": "decision.updated", "email": True}])

    after = cells()
    assert after["incident.assigned"] == before["incident.assigned"] | {"email": False}
    assert after["decision.updated"] == before["decision.updated"] | {"email": True}
    assert {name: after[name] for name in after.keys() - {"incident.assigned", "decision.updated"}} == {
        name: before[name] for name in before.keys() - {"incident.assigned", "decision.updated"}
    }


def test_only_what_differs_from_the_defaults_is_kept(prefer, sql):
    prefer(matrix=[{"event": "incident.assigned", "email": False, "inbox": True}])
    assert sql("SELECT choices FROM notification_preferences") == {"incident.assigned": {"email": False}}

    prefer(matrix=[{"event": "incident.assigned", "email": True}])
    assert sql("SELECT choices FROM notification_preferences") == {}


def test_what_is_absent_stays(prefer, reader):
    wishes = {"quiet_hours": {"start": "22:00", "end": "07:30"}, "email_mode": "daily", "digest_time": "08:15"}
    prefer(**wishes, chat_url=SLACK)
    prefer(matrix=[])

    found = reader.get(URL).json
    assert {name: found[name] for name in wishes} == wishes
    assert found["chat_service"] == "Slack"

    prefer(quiet_hours=None, chat_url=None)
    found = reader.get(URL).json
    assert (found["quiet_hours"], found["chat_service"], found["email_mode"]) == (None, None, "daily")


def test_account_notices_cannot_be_switched_off(reader, cells):
    answer = reader.put(URL, json={"matrix": [{"event": "user.updated", "email": False}]})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["matrix.0.email"])
    assert cells()["user.updated"]["locked"] == ["email", "inbox"]
    assert cells()["user.updated"]["email"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"matrix": [{"event": "incident.exploded"}]}, "matrix.0.event"),
        ({"matrix": [{}]}, "matrix.0.event"),
        ({"matrix": [{"event": "user.mentioned", "chat": "yes"}]}, "matrix.0.chat"),
        ({"matrix": [{"event": "user.mentioned"}] * 12}, "matrix"),
        ({"quiet_hours": {"start": "22:00"}}, "quiet_hours.end"),
        ({"quiet_hours": {"start": "22:00", "end": "22:00"}}, "quiet_hours"),
        ({"quiet_hours": {"start": "24:00", "end": "07:00"}}, "quiet_hours.start"),
        ({"email_mode": "weekly"}, "email_mode"),
        ({"email_mode": None}, "email_mode"),
        ({"digest_time": "nine"}, "digest_time"),
        ({"chat_url": "json://127.0.0.1/"}, "chat_url"),
        ({"chat_url": ""}, "chat_url"),
    ],
)
def test_what_makes_no_sense_changes_nothing(reader, body, field):
    before = reader.get(URL).json

    answer = reader.put(URL, json={"email_mode": "daily"} | body)

    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])
    assert reader.get(URL).json == before


def test_the_matrix_is_heeded(prefer, assigned, inbox, mails, work):
    prefer(matrix=[{"event": "incident.assigned", "email": False}])
    assigned()
    work()

    assert len(inbox()) == 1
    assert mails() == []


def test_a_chat_target_is_encrypted_and_never_shown_again(prefer, reader, sql, logged, app):
    answer = prefer(chat_url=SLACK)

    secret = SLACK.rpartition("/")[2]
    assert answer["chat_service"] == "Slack"
    assert secret not in str(answer) + reader.get(URL).text
    assert secret.encode() not in bytes(sql("SELECT chat_url FROM notification_preferences"))
    assert secret not in logged()
    assert secret not in sql("SELECT coalesce(string_agg(changes::text, ''), '') FROM activity")


def test_a_refused_target_is_not_repeated(reader, logged):
    answer = reader.put(URL, json={"chat_url": "slack://hush-this-key"})

    assert answer.status_code == 422
    assert "hush-this-key" not in answer.text + logged()


def test_two_first_writes_at_once_keep_both(reader, sql, while_held, member):
    """Both find no row; one makes it, the other waits for it."""
    acts = [
        lambda: reader.put(URL, json={"email_mode": "daily"}).status_code,
        lambda: reader.put(URL, json={"digest_time": "10:00"}).status_code,
    ]
    statuses = while_held("INSERT INTO notification_preferences (user_id) VALUES (:id)", *acts, id=member.id)

    assert statuses == [200, 200]
    found = reader.get(URL).json
    assert (found["email_mode"], found["digest_time"]) == ("daily", "10:00")
