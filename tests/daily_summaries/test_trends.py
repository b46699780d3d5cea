"""GET /api/summaries/trends"""

import pytest
import time_machine

NOW = "2026-03-02T12:00:00Z"


@pytest.fixture
def trends(sign_in, member):
    """The days by date, as the member sees them at noon."""

    def trends(**query):
        with time_machine.travel(NOW, tick=False):
            client = sign_in(member)
            client.patch("/api/users/me", json={"timezone": query.pop("timezone", "UTC")})
            answer = client.get("/api/summaries/trends", query_string=query)
        assert answer.status_code == 200, answer.json
        return {day.pop("date"): day for day in answer.json}

    return trends


@pytest.fixture
def at(sign_in, long_ago):
    def at(moment, method, url, **body):
        with time_machine.travel(moment, tick=False):
            return getattr(sign_in(long_ago), method)(url, json=body).json

    return at


def test_each_day_has_its_figures_and_today_is_up_to_now(trends, at, post, long_ago):
    for moment in ("2026-02-28T23:59:59Z", "2026-03-01T00:00:00Z", "2026-03-02T11:59:59Z", "2026-03-02T12:00:00Z"):
        post(long_ago, "x", moment)
    incident = at("2026-03-01T10:00:00Z", "post", "/api/incidents", title="t", description="d")
    at("2026-03-02T10:00:00Z", "patch", f"/api/incidents/{incident['id']}/status", status="closed")
    at("2026-02-28T00:00:00Z", "post", "/api/blockers", description="old", impact="i")
    new = at("2026-03-01T00:00:00Z", "post", "/api/blockers", description="new", impact="i")
    at("2026-03-02T06:00:00Z", "patch", f"/api/blockers/{new['id']}/resolve")

    days = trends()

    assert list(days) == [f"2026-02-{day}" for day in range(17, 29)] + ["2026-03-01", "2026-03-02"]
    assert days["2026-02-27"] == {
        "status_updates": 0,
        "incidents_opened": 0,
        "incidents_resolved": 0,
        "active_blockers": 0,
        "median_blocker_age_hours": None,
    }
    assert [days[day]["status_updates"] for day in ("2026-02-28", "2026-03-01", "2026-03-02")] == [1, 1, 1]
    assert [days[day]["incidents_opened"] for day in ("2026-03-01", "2026-03-02")] == [1, 0]
    assert [days[day]["incidents_resolved"] for day in ("2026-03-01", "2026-03-02")] == [0, 1]
    assert [days[day]["active_blockers"] for day in ("2026-02-28", "2026-03-01", "2026-03-02")] == [1, 2, 1]
    assert [days[day]["median_blocker_age_hours"] for day in ("2026-03-01", "2026-03-02")] == [36.0, 60.0]


def test_days_are_those_of_the_readers_calendar(trends, post, long_ago):
    post(long_ago, "x", "2026-03-01T15:00:00Z")  # midnight in Tokyo

    assert trends(timezone="Asia/Tokyo")["2026-03-02"]["status_updates"] == 1
    assert trends(timezone="UTC")["2026-03-01"]["status_updates"] == 1


def test_thirty_days(trends):
    assert len(trends(days=30)) == 30


@pytest.mark.parametrize("days", ["0", "15", "x"])
def test_only_fourteen_or_thirty(sign_in, member, days):
    answer = sign_in(member).get(f"/api/summaries/trends?days={days}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["days"]
