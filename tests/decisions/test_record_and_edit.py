"""POST /api/decisions; GET, PATCH and DELETE /api/decisions/<id>"""

from datetime import datetime, timedelta

import pytest


def test_a_decision_comes_back_whole(record, body, member, other):
    made = record(participant_ids=[other.id, member.id, other.id], tags=["infra", "infra"], context="  As *is*.\n")

    def person(user):
        return {"id": user.id, "email": user.email, "full_name": user.full_name, "role": "member", "is_active": True}

    assert made == body | {
        "id": made["id"],
        "context": "  As *is*.\n",
        "tags": ["infra"],
        "created_by_id": member.id,
        "created_by": person(member),
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "participant_ids": [other.id, member.id],
        "participants": [
            {"id": one["id"], "user_id": user.id, "created_at": one["created_at"], "user": person(user)}
            for one, user in zip(made["participants"], (other, member), strict=True)
        ],
    }
    recorded, joined = (datetime.fromisoformat(one["created_at"]) for one in (made, made["participants"][0]))
    assert timedelta() <= joined - recorded < timedelta(minutes=1)
    assert len(made["participants"][0]["created_at"]) == len(made["created_at"])


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": ""}, "description"),
        ({"context": "x" * 5001}, "context"),
        ({"outcome": None}, "outcome"),
        ({"decision_date": "2026-02-30"}, "decision_date"),
        ({"decision_date": None}, "decision_date"),
        ({"participant_ids": ["1"]}, "participant_ids.0"),
        ({"participant_ids": [0]}, "participant_ids.0"),
        ({"participant_ids": 1}, "participant_ids"),
        ({"participant_ids": list(range(1, 102))}, "participant_ids"),
        ({"tags": ["a,b"]}, "tags.0"),
    ],
)
def test_a_bad_field_is_named(client, body, url, change, field):
    for answer in (client.post("/api/decisions", json=body | change), client.patch(url, json=change)):
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("missing", ["title", "description", "context", "outcome", "decision_date"])
def test_what_is_wanted_is_wanted(client, body, missing):
    del body[missing]

    assert list(client.post("/api/decisions", json=body).json["errors"]) == [missing]


def test_nobody_who_is_not_there_takes_part(client, boss, body, url, other):
    boss.patch(f"/api/users/{other.id}", json={"is_active": False})

    for user_id in (other.id, 2_147_483_647):
        for answer in (
            client.post("/api/decisions", json=body | {"participant_ids": [user_id]}),
            client.patch(url, json={"participant_ids": [user_id]}),
        ):
            assert (answer.status_code, answer.json["detail"]) == (404, "One or more participant users not found")
    assert client.get("/api/decisions").json["total"] == 1
    assert client.get(url).headers["ETag"] == '"v1"'


def test_one_who_left_stays_on_what_they_took_part_in(client, boss, record, other, member):
    made = record(participant_ids=[other.id])
    boss.patch(f"/api/users/{other.id}", json={"is_active": False})

    edited = client.patch(f"/api/decisions/{made['id']}", json={"participant_ids": [other.id, member.id]})

    assert edited.status_code == 200
    assert sorted(edited.json["participant_ids"]) == sorted([other.id, member.id])


def test_an_edit_changes_only_what_is_sent(client, record, other):
    made = record(participant_ids=[other.id], tags=["a"])

    edited = client.patch(f"/api/decisions/{made['id']}", json={"outcome": "We wait."})

    assert edited.json == made | {"outcome": "We wait.", "updated_at": edited.json["updated_at"]}
    assert edited.headers["ETag"] == '"v2"'


def test_a_change_of_the_participants_is_a_write_like_any_other(client, record, other, member):
    made = record(participant_ids=[other.id])
    url = f"/api/decisions/{made['id']}"

    edited = client.patch(url, json={"participant_ids": [member.id, other.id]})

    assert edited.headers["ETag"] == '"v2"'
    assert edited.json["participants"][0] == made["participants"][0]  # who stays keeps their row
    assert client.patch(url, json={"title": "x"}, headers={"If-Match": '"v1"'}).status_code == 412
    assert client.patch(url, json={"participant_ids": [other.id, member.id]}).headers["ETag"] == '"v2"'
    for nothing in ([], None):
        assert client.patch(url, json={"participant_ids": nothing}).json["participants"] == []


def test_the_creator_and_administrators_change_it_and_nobody_else(client, boss, sign_in, other, record):
    made = record(participant_ids=[other.id])
    url = f"/api/decisions/{made['id']}"
    stranger = sign_in(other)

    assert stranger.get(url).json == made
    assert stranger.patch(url, json={"title": "Mine"}).status_code == 403
    assert stranger.delete(url).status_code == 403
    assert client.get(url).json == made
    assert boss.patch(url, json={"title": "Theirs"}).json["title"] == "Theirs"
    assert boss.delete(url).status_code == 204


def test_a_deleted_one_is_gone_from_everywhere(client, url):
    assert client.delete(url).status_code == 204

    assert client.get("/api/decisions").json["total"] == 0
    for method in ("get", "patch", "delete"):
        assert getattr(client, method)(url, json={}).status_code == 404


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_a_stale_etag_is_refused_with_the_decision_as_it_is(client, url, method):
    current = client.patch(url, json={"title": "Second"}).json

    answer = getattr(client, method)(url, json={"title": "x"}, headers={"If-Match": '"v1"'})

    assert (answer.status_code, answer.json["current"]) == (412, current)
    assert client.get(url).json == current
