"""GET /api/decisions, and decisions in the daily summary"""

import pytest
import time_machine


def titles(answer):
    assert answer.status_code == 200, answer.json
    return [item["title"] for item in answer.json["items"]]


def test_by_decision_date_newest_first_by_page_and_by_cursor(client, record):
    for title, day in [("b", "02"), ("d", "04"), ("a", "01"), ("c", "02"), ("e", "05")]:
        record(title=title, decision_date=f"2026-03-{day}")

    first = client.get("/api/decisions?limit=3")
    rest = client.get(f"/api/decisions?limit=3&cursor={first.json['next_cursor']}")

    assert titles(first) + titles(rest) == ["e", "d", "c", "b", "a"]
    assert first.json["total"] == 5


def test_filters(client, record, boss, body, other, member, admin):
    record(title="march", participant_ids=[other.id, member.id], tags=["infra", "cost"])
    record(title="april", decision_date="2026-04-01", context="A migration")
    boss.post("/api/decisions", json=body | {"title": "of the boss", "decision_date": "2026-05-01"})

    def found(query):
        return titles(client.get(f"/api/decisions?{query}"))

    assert found("start_date=2026-03-02&end_date=2026-04-01") == ["april", "march"]
    assert found("end_date=2026-03-01") == []
    assert found(f"participant_id={other.id}") == ["march"]
    assert found("tag=cost") == ["march"]
    assert found("tag=cos") == []
    assert found(f"created_by_id={admin.id}") == ["of the boss"]
    assert found("search=migrating") == ["april"]
    assert found("search=moved") == ["of the boss", "april", "march"]
    assert found("search=infra") == ["march"]


@pytest.mark.parametrize("query", ["tag=", "participant_id=x", "created_by_id=0", "start_date=x"])
def test_a_bad_parameter_is_named(client, query):
    answer = client.get(f"/api/decisions?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]


def test_a_list_is_a_constant_number_of_statements_whatever_it_nests(client, record, make_user, sent):
    people = [make_user().id for _ in range(4)]
    for number in range(3):
        record(participant_ids=people[number:])
    client.get("/api/decisions")
    del sent[:]

    client.get("/api/decisions")

    assert len(sent) == 2  # the check of the token, and the page with its total


def test_the_summary_tells_of_those_recorded_in_seven_days(sign_in, admin, member, body):
    moments = {"too old": "2026-02-23T08:59:59Z", "in": "2026-02-23T09:00:00Z", "later": "2026-03-02T09:00:00Z"}
    for title, moment in moments.items():
        with time_machine.travel(moment, tick=False):
            sign_in(member).post("/api/decisions", json=body | {"title": title})
    with time_machine.travel("2026-02-28T10:00:00Z", tick=False):
        client = sign_in(member)
        gone = client.post("/api/decisions", json=body | {"title": "taken back"}).json
        client.delete(f"/api/decisions/{gone['id']}")

    with time_machine.travel("2026-04-01T12:00:00Z", tick=False):
        summary = sign_in(admin).post("/api/summaries/generate?summary_date=2026-03-02").json

    assert [line["title"] for line in summary["content"]["recent_decisions"]] == ["in"]
    assert summary["decisions_count"] == summary["content"]["statistics"]["decisions_last_7_days"] == 1
    assert summary["content"]["statistics"]["trends"]["decisions_last_7_days"]["day_before"] == 2
    assert "## Decided this week\n\n- [in](http://localhost:8000/decisions/" in summary["markdown"]
