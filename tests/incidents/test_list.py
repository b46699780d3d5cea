"""GET /api/incidents"""

import itertools

import pytest

SEVERITIES = ("critical", "high", "medium", "low")


def titles(answer):
    assert answer.status_code == 200, answer.json
    return [item["title"] for item in answer.json["items"]]


@pytest.fixture
def mixed(client, report):
    """One of each severity and status, the worst reported first."""
    for severity, status in itertools.product(
        ("critical", "high", "medium", "low"), ("open", "in_progress", "resolved", "closed")
    ):
        made = report(f"{severity} {status}", severity=severity)
        client.patch(f"/api/incidents/{made['id']}/status", json={"status": status})


@pytest.mark.usefixtures("mixed")
def test_unresolved_first_then_critical_first_then_newest(client):
    found = titles(client.get("/api/incidents?limit=100"))

    assert found == [
        f"{severity} {status}"
        for pair in (("in_progress", "open"), ("closed", "resolved"))
        for severity in SEVERITIES
        for status in pair
    ]


@pytest.mark.usefixtures("mixed")
def test_the_cursor_walks_the_same_order(client):
    whole = titles(client.get("/api/incidents?limit=100"))

    walked, url = [], "/api/incidents?limit=3"
    while url:
        answer = client.get(url)
        walked += titles(answer)
        cursor = answer.json["next_cursor"]
        url = cursor and f"/api/incidents?limit=3&cursor={cursor}"

    assert walked == whole


@pytest.mark.usefixtures("mixed")
@pytest.mark.parametrize("statuses", ["status=open,closed", "status=open&status=closed", "status= open , closed,"])
def test_statuses_and_severities_may_repeat_or_be_a_list(client, statuses):
    assert titles(client.get(f"/api/incidents?{statuses}&severity=high")) == ["high open", "high closed"]


@pytest.mark.parametrize(
    "query", ["status=lost", "status=open,lost", "severity=urgent", "archived=perhaps", "assigned_to_id=x"]
)
def test_a_bad_parameter_is_named(client, query):
    answer = client.get(f"/api/incidents?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]


def test_archived_ones_are_apart(client, report):
    report("here")
    away = report("away")
    client.patch(f"/api/incidents/{away['id']}/archive")

    assert titles(client.get("/api/incidents")) == titles(client.get("/api/incidents?archived=false")) == ["here"]
    assert titles(client.get("/api/incidents?archived=true")) == ["away"]


def test_by_people(client, report, sign_in, other, member):
    report("mine")
    report("for other", assigned_to_id=other.id)
    sign_in(other).post("/api/incidents", json={"title": "of other", "description": "d"})

    assert titles(client.get(f"/api/incidents?assigned_to_id={other.id}")) == ["for other"]
    assert titles(client.get(f"/api/incidents?reported_by_id={other.id}")) == ["of other"]
    assert titles(client.get(f"/api/incidents?reported_by_id={member.id}")) == ["for other", "mine"]


def test_by_date_and_search(client, report):
    report("Database down", description="The *primary* stopped answering")
    made = report("Slow checkout")
    client.patch(f"/api/incidents/{made['id']}/status", json={"status": "closed", "resolution_notes": "Added an index"})

    assert titles(client.get("/api/incidents?search=answers")) == ["Database down"]
    assert titles(client.get("/api/incidents?search=indexes")) == ["Slow checkout"]
    assert titles(client.get("/api/incidents?search=datab")) == ["Database down"]
    assert titles(client.get("/api/incidents?start_date=2100-01-01")) == []
    assert titles(client.get("/api/incidents?start_date=2020-01-01&end_date=2100-01-01")) == [
        "Database down",
        "Slow checkout",
    ]
