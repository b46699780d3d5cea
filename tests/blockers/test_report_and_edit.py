"""POST /api/blockers, GET and PATCH /api/blockers/<id>, and what happens when related records go"""

import threading

import pytest


def test_a_report_comes_back_whole(report, member, update, incident):
    made = report("  Waiting for *keys*\nof the API ", related_status_id=update, related_incident_id=incident)

    assert made == {
        "id": made["id"],
        "description": "  Waiting for *keys*\nof the API ",
        "impact": "Tests wait.",
        "status": "active",
        "resolution_notes": None,
        "archived": False,
        "reported_by_id": member.id,
        "related_status_id": update,
        "related_incident_id": incident,
        "created_at": made["created_at"],
        "updated_at": made["created_at"],
        "resolved_at": None,
        "reported_by": {
            "id": member.id,
            "email": member.email,
            "full_name": "Max Member",
            "role": "member",
            "is_active": True,
        },
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"description": ""}, "description"),
        ({"description": "x" * 2001}, "description"),
        ({"description": None}, "description"),
        ({"impact": " \n"}, "impact"),
        ({"impact": "x" * 1001}, "impact"),
        ({"related_status_id": "1"}, "related_status_id"),
        ({"related_incident_id": 0}, "related_incident_id"),
        ({"related_incident_id": 2**31}, "related_incident_id"),
    ],
)
def test_a_bad_field_is_named(client, url, body, field):
    for answer in (
        client.post("/api/blockers", json={"description": "d", "impact": "i"} | body),
        client.patch(url, json=body),
    ):
        assert answer.status_code == 422
        assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("field", "detail"),
    [
        ("related_status_id", "Related status update not found"),
        ("related_incident_id", "Related incident not found"),
    ],
)
def test_a_blocker_points_to_nothing_that_is_not_there(client, url, field, detail):
    for answer in (
        client.post("/api/blockers", json={"description": "d", "impact": "i", field: 2_147_483_647}),
        client.patch(url, json={field: 2_147_483_647}),
    ):
        assert (answer.status_code, answer.json["detail"]) == (404, detail)
    assert client.get(url).json[field] is None


def test_an_edit_changes_only_what_is_sent_and_null_clears_a_link(client, report, update, incident):
    made = report(related_status_id=update, related_incident_id=incident)

    edited = client.patch(f"/api/blockers/{made['id']}", json={"impact": "All wait.", "related_status_id": None}).json

    changed = {"impact": "All wait.", "related_status_id": None, "updated_at": edited["updated_at"]}
    assert edited == made | changed


def test_anybody_edits_any(sign_in, other, url):
    assert sign_in(other).patch(url, json={"description": "Known now"}).json["description"] == "Known now"


def test_deleting_an_update_releases_what_pointed_to_it_and_tells_the_ledger(client, report, update):
    made, away, another = report(related_status_id=update), report(related_status_id=update), report()
    client.patch(f"/api/blockers/{away['id']}/archive")

    assert client.delete(f"/api/status/{update}").status_code == 204

    for blocker in (made, away):
        assert client.get(f"/api/blockers/{blocker['id']}").json["related_status_id"] is None
        history = client.get(f"/api/activity?subject_type=blocker&subject_id={blocker['id']}").json["items"]
        assert history[0]["action"] == "blocker.updated"
        assert history[0]["changes"] == [{"field": "related_status_id", "old": update, "new": None}]
    assert client.get(f"/api/blockers/{another['id']}").headers["ETag"] == '"v1"'


def test_deleting_an_incident_releases_what_pointed_to_it(client, boss, report, incident):
    made = report(related_incident_id=incident)
    client.patch(f"/api/incidents/{incident}/archive")

    assert boss.delete(f"/api/incidents/{incident}").status_code == 204

    released = client.get(f"/api/blockers/{made['id']}")
    assert (released.json["related_incident_id"], released.headers["ETag"]) == (None, '"v2"')


def test_pointing_to_what_is_deleted_at_the_same_moment_is_one_or_the_other(app, client, update):
    token = client.environ_base["HTTP_AUTHORIZATION"]
    answers = {}
    barrier = threading.Barrier(4)

    def act(name, method, path, body=None):
        other = app.test_client(use_cookies=False)
        barrier.wait()
        answers[name] = getattr(other, method)(path, json=body, headers={"Authorization": token})

    body = {"description": "d", "impact": "i", "related_status_id": update}
    acts = [("delete", "delete", f"/api/status/{update}"), *((n, "post", "/api/blockers", body) for n in range(3))]
    threads = [threading.Thread(target=act, args=arguments) for arguments in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers.pop("delete").status_code == 204
    assert {answer.status_code for answer in answers.values()} <= {201, 404}
    for item in client.get("/api/blockers").json["items"]:
        assert item["related_status_id"] is None


def test_the_first_line_is_its_title_in_the_ledger(client, report):
    report("\n  No access\nto staging" + "x" * 300)

    (act,) = client.get("/api/activity?subject_type=blocker").json["items"]
    assert act["subject_title"] == "No access"
