"""GET /api/decisions/<id>/audit"""

import time_machine


def test_every_changed_field_is_an_entry_newest_first(client, boss, record, member, admin, other):
    made = record(participant_ids=[other.id], tags=["a"])
    url = f"/api/decisions/{made['id']}"
    client.patch(url, json={"title": "Second", "decision_date": "2026-03-03", "tags": ["b"]})
    boss.patch(url, json={"participant_ids": [other.id, member.id]})
    client.delete(url)

    entries = client.get(f"{url}/audit").json["items"]

    told = [
        (entry["change_type"], entry["field_name"], entry["old_value"], entry["new_value"], entry["changed_by_id"])
        for entry in entries
    ]
    assert told == [
        ("deleted", None, None, None, member.id),
        ("updated", "participant_ids", [other.id], sorted([other.id, member.id]), admin.id),
        ("updated", "title", "Adopt Valkey", "Second", member.id),
        ("updated", "decision_date", "2026-03-02", "2026-03-03", member.id),
        ("updated", "tags", ["a"], ["b"], member.id),
        ("created", None, None, None, member.id),
    ]
    assert len({entry["id"] for entry in entries}) == len(entries)
    activity_id, _, number = entries[3]["id"].partition("-")
    assert entries[2]["id"] == f"{activity_id}-1"
    assert number == "2"
    assert {entry["decision_id"] for entry in entries} == {made["id"]}
    assert entries[1]["changed_by"]["full_name"] == "Ada Admin"


def test_entries_say_when(sign_in, member, body):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        client = sign_in(member)
        made = client.post("/api/decisions", json=body).json
        (entry,) = client.get(f"/api/decisions/{made['id']}/audit").json["items"]

    assert entry["changed_at"] == "2026-03-02T09:00:00.000000Z"


def test_what_changes_nothing_or_is_refused_leaves_no_entry(client, sign_in, other, url, body):
    client.patch(url, json=body)
    sign_in(other).patch(url, json={"title": "Mine"})

    assert len(client.get(f"{url}/audit").json["items"]) == 1


def test_an_unknown_decision_has_no_history(client):
    assert client.get("/api/decisions/2147483647/audit").status_code == 404
