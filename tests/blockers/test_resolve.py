"""PATCH /api/blockers/<id>/resolve, /reopen, /archive, /unarchive; DELETE"""

import threading

import pytest
import time_machine
from sqlalchemy import text

from asyncops.extensions import db


def test_resolving_twice_keeps_the_first_time(sign_in, member):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        client = sign_in(member)
        blocker = client.post("/api/blockers", json={"description": "d", "impact": "i"}).json
        url = f"/api/blockers/{blocker['id']}/resolve"
        client.patch(url, json={"resolution_notes": "Got it"})
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        answer = client.patch(url, json={})

    assert answer.status_code == 200
    assert (answer.json["status"], answer.json["resolution_notes"]) == ("resolved", "Got it")
    assert answer.json["resolved_at"] == "2026-03-02T09:00:00.000000Z"
    assert answer.headers["ETag"] == '"v2"'


def test_the_body_may_be_absent(client, url):
    assert client.patch(f"{url}/resolve").json["status"] == "resolved"


def test_resolving_again_may_change_the_notes(client, url):
    client.patch(f"{url}/resolve", json={"resolution_notes": "Got it"})

    assert client.patch(f"{url}/resolve", json={"resolution_notes": "Really"}).json["resolution_notes"] == "Really"
    assert client.patch(f"{url}/resolve", json={"resolution_notes": None}).json["resolution_notes"] is None


def test_notes_have_a_length(client, url):
    answer = client.patch(f"{url}/resolve", json={"resolution_notes": "x" * 1001})

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["resolution_notes"])
    assert client.get(url).json["status"] == "active"


def test_two_who_resolve_at_once_are_one_resolution(app, client, url):
    token = client.environ_base["HTTP_AUTHORIZATION"]
    answers = []
    barrier = threading.Barrier(4)

    def press():
        other = app.test_client(use_cookies=False)
        barrier.wait()
        answers.append(other.patch(f"{url}/resolve", json={}, headers={"Authorization": token}))

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.status_code for answer in answers] == [200] * 4
    assert {answer.json["resolved_at"] for answer in answers} == {answers[0].json["resolved_at"]}
    acts = client.get("/api/activity?action=blocker.resolved").json["items"]
    assert len(acts) == 1


def test_reopening_keeps_the_notes(client, url):
    client.patch(f"{url}/resolve", json={"resolution_notes": "Got it"})

    answer = client.patch(f"{url}/reopen")

    assert (answer.status_code, answer.json["status"], answer.json["resolved_at"]) == (200, "active", None)
    assert answer.json["resolution_notes"] == "Got it"


def test_only_what_is_resolved_is_reopened(client, url):
    answer = client.patch(f"{url}/reopen")

    assert (answer.status_code, answer.json["detail"]) == (400, "Can only reopen resolved blockers")
    client.patch(f"{url}/resolve")
    client.patch(f"{url}/archive")
    answer = client.patch(f"{url}/reopen")
    assert (answer.status_code, answer.json["detail"]) == (400, "Cannot reopen archived blockers")


def test_an_archived_blocker_is_read_only(client, url):
    before = client.patch(f"{url}/archive").json

    for path, body in [("", {"impact": "x"}), ("/resolve", {})]:
        answer = client.patch(f"{url}{path}", json=body)
        assert (answer.status_code, answer.json["code"]) == (400, "blocker_archived")
    assert client.get(url).json == before
    assert client.patch(f"{url}/unarchive").json["archived"] is False
    assert client.patch(f"{url}/resolve").status_code == 200


@pytest.mark.parametrize(("path", "archived"), [("archive", True), ("unarchive", False)])
def test_once_more_is_no_error_and_no_change(client, url, path, archived):
    first = client.patch(f"{url}/{path}")
    again = client.patch(f"{url}/{path}")

    assert first.json["archived"] is archived
    assert (again.status_code, again.json, again.headers["ETag"]) == (200, first.json, first.headers["ETag"])


def test_only_an_administrator_deletes_and_only_what_is_archived(client, boss, url):
    assert client.delete(url).status_code == 403
    refused = boss.delete(url)
    assert (refused.status_code, refused.json["detail"]) == (400, "Can only delete archived blockers")
    client.patch(f"{url}/archive")
    assert client.delete(url).status_code == 403
    assert boss.delete(url).status_code == 204
    assert boss.get(url).status_code == 404


@pytest.mark.parametrize("path", ["", "/resolve", "/reopen", "/archive", "/unarchive"])
def test_a_stale_etag_is_refused_with_the_blocker_as_it_is(client, url, path):
    current = client.patch(url, json={"impact": "Second"}).json

    answer = client.patch(f"{url}{path}", json={"impact": "x"}, headers={"If-Match": '"v1"'})

    assert (answer.status_code, answer.json["current"]) == (412, current)


@pytest.mark.parametrize("path", ["", "/resolve", "/reopen", "/archive", "/unarchive"])
def test_an_unknown_blocker_is_not_found(client, path):
    assert client.patch(f"/api/blockers/2147483647{path}", json={}).status_code == 404


@pytest.mark.parametrize("change", ["status = 'resolved'", "resolved_at = now()", "status = 'x'", "impact = ' '"])
def test_the_database_stands_behind_the_rules(app, url, change):
    with app.app_context(), pytest.raises(Exception, match="violates check constraint"):
        db.session.execute(text(f"UPDATE blockers SET {change}"))
