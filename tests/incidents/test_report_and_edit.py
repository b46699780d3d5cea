"""POST /api/incidents, GET and PATCH /api/incidents/<id>, PATCH /assign"""

import pytest


def test_a_report_comes_back_whole(report, member):
    person = {"id": member.id, "email": member.email, "full_name": "Max Member", "role": "member", "is_active": True}

    made = report(description="  It fails.\n")

    assert made == {
        "id": made["id"],
        "title": "Checkout errors",
        "description": "  It fails.\n",
        "severity": "medium",
        "status": "open",
        "resolution_notes": None,
        "archived": False,
        "reported_by_id": member.id,
        "assigned_to_id": None,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "resolved_at": None,
        "reported_by": person,
        "assigned_to": None,
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"description": ""}, "description"),
        ({"description": "x" * 5001}, "description"),
        ({"severity": "urgent"}, "severity"),
        ({"severity": None}, "severity"),
        ({"assigned_to_id": "1"}, "assigned_to_id"),
        ({"assigned_to_id": 2**31}, "assigned_to_id"),
        ({"assigned_to_id": True}, "assigned_to_id"),
    ],
)
def test_a_bad_field_is_named(client, url, body, field):
    whole = {"title": "t", "description": "d"} | body
    for answer in (client.post("/api/incidents", json=whole), client.patch(url, json=body)):
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]


def test_what_only_the_state_machine_sets_is_ignored(report, client):
    made = report(status="closed", archived=True, resolved_at="2026-01-01T00:00:00Z", reported_by_id=1)

    assert (made["status"], made["archived"], made["resolved_at"]) == ("open", False, None)
    changed = client.patch(f"/api/incidents/{made['id']}", json={"status": "closed", "archived": True})
    assert changed.json == made


def test_anybody_edits_any(sign_in, other, url):
    answer = sign_in(other).patch(url, json={"title": "Worse", "severity": "critical", "description": "More"})

    assert (answer.json["title"], answer.json["severity"], answer.json["description"]) == ("Worse", "critical", "More")


def test_an_incident_may_be_given_to_somebody_and_to_nobody(client, report, url, other):
    assert report(assigned_to_id=other.id)["assigned_to"]["full_name"] == "Olga Other"
    assert client.patch(f"{url}/assign", json={"assigned_to_id": other.id}).json["assigned_to_id"] == other.id
    assert client.patch(f"{url}/assign", json={"assigned_to_id": None}).json["assigned_to"] is None
    assert client.patch(url, json={"assigned_to_id": other.id}).json["assigned_to_id"] == other.id
    assert client.patch(url, json={"title": "Same person"}).json["assigned_to_id"] == other.id
    assert client.patch(url, json={"assigned_to_id": None}).json["assigned_to_id"] is None
    assert client.patch(f"{url}/assign", json={}).status_code == 422


def test_nobody_who_is_not_there_is_assigned(client, boss, url, other):
    boss.patch(f"/api/users/{other.id}", json={"is_active": False})

    for user_id in (other.id, 2_147_483_647):
        for answer in (
            client.post("/api/incidents", json={"title": "t", "description": "d", "assigned_to_id": user_id}),
            client.patch(url, json={"assigned_to_id": user_id}),
            client.patch(f"{url}/assign", json={"assigned_to_id": user_id}),
        ):
            assert answer.status_code == 404
            assert answer.json["detail"] == "Assigned user not found"
    assert client.get(url).json["assigned_to_id"] is None


def test_one_who_left_stays_on_what_they_had(client, boss, url, other):
    client.patch(f"{url}/assign", json={"assigned_to_id": other.id})
    boss.patch(f"/api/users/{other.id}", json={"is_active": False})

    again = client.patch(url, json={"title": "Still theirs", "assigned_to_id": other.id})

    assert again.status_code == 200
    assert again.json["assigned_to"]["is_active"] is False


def test_an_unknown_incident_is_not_found(client):
    for method, path in [("get", ""), ("patch", ""), ("patch", "/archive"), ("patch", "/unarchive")]:
        assert getattr(client, method)(f"/api/incidents/2147483647{path}", json={}).status_code == 404


@pytest.mark.parametrize("path", ["", "/status", "/assign", "/archive", "/unarchive"])
def test_a_stale_etag_is_refused_with_the_incident_as_it_is(client, url, path):
    current = client.patch(url, json={"title": "Second"}).json
    body = {"title": "x", "status": "closed", "assigned_to_id": None}

    answer = client.patch(f"{url}{path}", json=body, headers={"If-Match": '"v1"'})

    assert answer.status_code == 412
    assert answer.json["current"] == current
    assert client.get(url).json == current


def test_every_write_is_in_the_ledger(client, boss, url, other):
    client.patch(url, json={"severity": "high", "assigned_to_id": other.id})
    client.patch(f"{url}/status", json={"status": "resolved", "resolution_notes": "Restarted"})
    for step in ("archive", "archive", "unarchive", "archive"):
        client.patch(f"{url}/{step}")
    boss.delete(url)

    acts = client.get("/api/activity?subject_type=incident").json["items"]

    assert [act["action"].removeprefix("incident.") for act in reversed(acts)] == [
        "created", "updated", "assigned", "status_changed", "archived", "unarchived", "archived", "deleted",
    ]  # fmt: skip
    changes = {change["field"]: (change["old"], change["new"]) for act in acts for change in act["changes"]}
    assert changes["severity"] == ("medium", "high")
    assert changes["assigned_to_id"] == (None, other.id)
    assert changes["status"] == ("open", "resolved")
    assert changes["resolved_at"][1].endswith("Z")
