"""PATCH /api/incidents/<id>/status, /archive, /unarchive; DELETE"""

import threading

import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db

ALLOWED = {
    "open": {"open", "in_progress", "resolved", "closed"},
    "in_progress": {"open", "in_progress", "resolved", "closed"},
    "resolved": {"in_progress", "resolved", "closed"},
    "closed": {"in_progress", "closed"},
}
WAY = {"open": [], "in_progress": ["in_progress"], "resolved": ["resolved"], "closed": ["closed"]}
STEPS = [(current, wanted) for current in ALLOWED for wanted in ALLOWED]


@pytest.fixture
def step(client, url):
    def step(status, **body):
        return client.patch(f"{url}/status", json={"status": status, **body})

    return step


@pytest.mark.parametrize(("current", "wanted"), STEPS, ids=[f"{a} to {b}" for a, b in STEPS])
def test_the_state_machine(client, url, step, current, wanted):
    for status in WAY[current]:
        step(status)

    answer = step(wanted)

    if wanted in ALLOWED[current]:
        assert (answer.status_code, answer.json["status"]) == (200, wanted)
        assert (answer.json["resolved_at"] is not None) == (wanted in {"resolved", "closed"})
    else:
        assert answer.status_code == 400
        assert answer.json["code"] == "transition_not_allowed"
        told = answer.json["detail"].partition("Allowed: ")[2].split(", ")
        assert set(told) == ALLOWED[current] - {current}
        assert client.get(url).json["status"] == current


def test_resolved_at_is_the_first_moment_and_goes_on_the_way_back(sign_in, member):
    moments = [f"2026-03-02T{hour:02}:00:00.000000Z" for hour in range(9, 15)]
    seen = []
    with time_machine.travel(moments[0], tick=False):
        client = sign_in(member)
        incident = client.post("/api/incidents", json={"title": "t", "description": "d"}).json
    for moment, status in zip(moments[1:], ["resolved", "closed", "closed", "in_progress", "closed"], strict=True):
        with time_machine.travel(moment, tick=False):
            answer = client.patch(f"/api/incidents/{incident['id']}/status", json={"status": status})
            seen.append(answer.json["resolved_at"])

    assert seen == [moments[1], moments[1], moments[1], None, moments[5]]


def test_notes_stay_until_they_are_changed_or_cleared(step):
    assert step("resolved", resolution_notes="Restarted").json["resolution_notes"] == "Restarted"
    assert step("closed").json["resolution_notes"] == "Restarted"
    assert step("closed", resolution_notes="Replaced").json["resolution_notes"] == "Replaced"
    assert step("in_progress", resolution_notes=None).json["resolution_notes"] is None


@pytest.mark.parametrize("body", [{}, {"status": None}, {"status": "done"}, {"resolution_notes": "x"}])
def test_a_status_is_wanted(client, url, body):
    answer = client.patch(f"{url}/status", json=body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["status"]


def test_of_two_who_press_at_once_one_wins_and_the_other_learns_so(app, client, url):
    token = client.environ_base["HTTP_AUTHORIZATION"]
    answers = []
    barrier = threading.Barrier(2)

    def press(status):
        other = app.test_client(use_cookies=False)
        barrier.wait()
        headers = {"Authorization": token, "If-Match": '"v1"'}
        answers.append(other.patch(f"{url}/status", json={"status": status}, headers=headers))

    threads = [threading.Thread(target=press, args=(status,)) for status in ("resolved", "in_progress")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, lost.status_code) == (200, 412)
    assert lost.json["current"]["status"] == won.json["status"] == client.get(url).json["status"]


def test_an_archived_incident_is_read_only(client, url, other):
    before = client.patch(f"{url}/archive").json

    for path, body in [
        ("", {"title": "x"}),
        ("/status", {"status": "closed"}),
        ("/assign", {"assigned_to_id": other.id}),
    ]:
        answer = client.patch(f"{url}{path}", json=body)
        assert (answer.status_code, answer.json["code"]) == (400, "incident_archived")
    assert client.get(url).json == before
    assert client.patch(f"{url}/unarchive").json["archived"] is False
    assert client.patch(url, json={"title": "x"}).status_code == 200


@pytest.mark.parametrize(("path", "archived"), [("archive", True), ("unarchive", False)])
def test_once_more_is_no_error_and_no_change(client, url, path, archived):
    first = client.patch(f"{url}/{path}")
    again = client.patch(f"{url}/{path}")

    assert first.json["archived"] is archived
    assert (again.status_code, again.json, again.headers["ETag"]) == (200, first.json, first.headers["ETag"])


def test_only_an_administrator_deletes_and_only_what_is_archived(client, boss, url):
    assert client.delete(url).status_code == 403
    refused = boss.delete(url)
    assert (refused.status_code, refused.json["detail"]) == (400, "Can only delete archived incidents")
    client.patch(f"{url}/archive")
    assert client.delete(url).status_code == 403
    assert boss.delete(url).status_code == 204
    assert boss.get(url).status_code == 404


@pytest.mark.parametrize("change", ["status = 'resolved'", "resolved_at = now()", "status = 'lost'", "severity = 'x'"])
def test_the_database_stands_behind_the_state_machine(app, url, change):
    with app.app_context(), pytest.raises(Exception, match="violates check constraint"):
        db.session.execute(text(f"UPDATE incidents SET {change}"))
