"""GET /api/blockers"""

import pytest


def said(answer):
    assert answer.status_code == 200, answer.json
    return [item["description"] for item in answer.json["items"]]


def test_active_first_then_newest_by_page_and_by_cursor(client, report):
    for number in range(6):
        made = report(str(number))
        if number % 2:
            client.patch(f"/api/blockers/{made['id']}/resolve")

    first = client.get("/api/blockers?limit=4")
    rest = client.get(f"/api/blockers?limit=4&cursor={first.json['next_cursor']}")

    assert said(first) + said(rest) == ["4", "2", "0", "5", "3", "1"]
    assert first.json["total"] == 6


def test_filters(client, report, sign_in, other, update, incident):
    report("to update", related_status_id=update)
    done = report("to incident", related_incident_id=incident)
    client.patch(f"/api/blockers/{done['id']}/resolve", json={"resolution_notes": "Restarted the broker"})
    sign_in(other).post("/api/blockers", json={"description": "of other", "impact": "i"})
    away = report("away")
    client.patch(f"/api/blockers/{away['id']}/archive")

    def found(query):
        return said(client.get(f"/api/blockers?{query}"))

    assert found(f"related_status_id={update}") == ["to update"]
    assert found(f"related_incident_id={incident}") == ["to incident"]
    assert found("status=active") == ["of other", "to update"]
    assert found("status=resolved") == ["to incident"]
    assert found("status=resolved,active&status=active") == ["of other", "to update", "to incident"]
    assert found(f"reported_by_id={other.id}") == ["of other"]
    assert found("archived=true") == ["away"]
    assert found("search=restarting") == ["to incident"]
    assert found("search=waits") == found("search=wait") == ["to update", "to incident"]
    assert found("start_date=2100-01-01") == []
    assert found("start_date=2020-01-01&end_date=2100-01-01") == ["of other", "to update", "to incident"]


@pytest.mark.parametrize("query", ["status=open", "archived=perhaps", "related_status_id=x", "reported_by_id=0"])
def test_a_bad_parameter_is_named(client, query):
    answer = client.get(f"/api/blockers?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]
