"""What a summary tells of incidents and blockers: as it was at the window's end, also for a day long past."""

import pytest
import time_machine

DAY = "2026-03-02"  # its window: 1 March, 09:00, to 2 March, 09:00


@pytest.fixture
def at(sign_in, long_ago):
    """Do something as somebody at a moment; gives the answer's JSON."""

    def at(moment, method, url, **body):
        with time_machine.travel(moment, tick=False):
            answer = getattr(sign_in(long_ago), method)(url, json=body)
        assert answer.status_code < 300, answer.json
        return answer.json

    return at


@pytest.fixture
def incident(at):
    """An incident's whole life: when it was opened and, if at all, resolved."""

    def incident(title, opened, resolved=None, **body):
        made = at(opened, "post", "/api/incidents", title=title, description="d", **body)
        if resolved:
            at(resolved, "patch", f"/api/incidents/{made['id']}/status", status="resolved")
        return made["id"]

    return incident


@pytest.fixture
def blocker(at):
    def blocker(description, reported, resolved=None):
        made = at(reported, "post", "/api/blockers", description=description, impact="i")
        if resolved:
            at(resolved, "patch", f"/api/blockers/{made['id']}/resolve")
        return made["id"]

    return blocker


@pytest.fixture
def summary(sign_in, admin):
    def summary(day=DAY, at="2026-04-01T12:00:00Z"):
        with time_machine.travel(at, tick=False):
            answer = sign_in(admin).post(f"/api/summaries/generate?summary_date={day}&force_update=true")
        assert answer.status_code == 201, answer.json
        return answer.json

    return summary


def titles(lines):
    return [line.get("title") or line["description"] for line in lines]


def test_active_is_what_was_open_when_the_window_ended(incident, blocker, summary, at):
    incident("resolved before", "2026-02-20T10:00:00Z", "2026-03-02T08:59:59Z")
    incident("resolved later", "2026-02-20T10:00:00Z", "2026-03-02T09:00:00Z", severity="low")
    incident("still open", "2026-03-02T08:59:59Z", severity="critical")
    incident("opened later", "2026-03-02T09:00:00Z")
    away = incident("put aside", "2026-02-20T10:00:00Z")
    at("2026-03-03T10:00:00Z", "patch", f"/api/incidents/{away}/archive")
    blocker("resolved before", "2026-02-20T10:00:00Z", "2026-03-02T08:59:59Z")
    blocker("resolved later", "2026-02-28T09:00:00Z", "2026-03-05T10:00:00Z")
    blocker("oldest", "2026-02-20T09:00:00Z")

    body = summary()

    assert titles(body["content"]["incidents"]) == ["still open", "resolved later"]  # worst first
    assert titles(body["content"]["blockers"]) == ["oldest", "resolved later"]  # oldest first
    assert [line["age_hours"] for line in body["content"]["blockers"]] == [240.0, 48.0]
    assert (body["incidents_count"], body["blockers_count"]) == (2, 2)
    statistics = body["content"]["statistics"]
    assert (statistics["active_incidents"], statistics["critical_incidents"], statistics["active_blockers"]) == (
        2,
        1,
        2,
    )


def test_opened_and_resolved_are_those_of_the_window_with_the_time_it_took(incident, summary):
    incident("before", "2026-03-01T08:00:00Z", "2026-03-01T08:59:59Z")
    incident("two hours", "2026-03-01T09:00:00Z", "2026-03-01T11:00:00Z")
    incident("four hours", "2026-03-01T10:00:00Z", "2026-03-01T14:00:00Z", severity="high")
    incident("after", "2026-03-02T08:00:00Z", "2026-03-02T09:00:00Z")

    content = summary()["content"]

    assert titles(content["incidents_opened"]) == ["four hours", "two hours", "after"]
    assert titles(content["incidents_resolved"]) == ["four hours", "two hours"]
    assert [line["hours_to_resolve"] for line in content["incidents_resolved"]] == [4.0, 2.0]
    assert content["statistics"]["incidents_opened"] == 3
    assert content["statistics"]["incidents_resolved"] == 2
    assert content["statistics"]["median_hours_to_resolve"] == 3.0


def test_a_quiet_day_has_empty_lists_and_no_median(long_ago, summary):
    content = summary()["content"]

    assert content["incidents"] == content["incidents_opened"] == content["incidents_resolved"] == []
    assert content["blockers"] == []
    assert content["statistics"]["median_hours_to_resolve"] is None


def test_each_figure_stands_beside_the_day_before_and_the_weeks_mean(incident, blocker, summary):
    incident("long", "2026-02-20T10:00:00Z", "2026-03-01T08:00:00Z", severity="critical")  # six of the seven evenings
    incident("short", "2026-03-01T10:00:00Z")
    blocker("new", "2026-03-02T08:00:00Z")

    trends = summary()["content"]["statistics"]["trends"]

    assert trends["active_incidents"] == {"day_before": 0, "seven_day_mean": round(6 / 7, 2)}
    assert trends["critical_incidents"] == {"day_before": 0, "seven_day_mean": round(6 / 7, 2)}
    assert trends["incidents_resolved"] == {"day_before": 1, "seven_day_mean": round(1 / 7, 2)}
    assert trends["active_blockers"] == {"day_before": 0, "seven_day_mean": 0.0}


def test_lines_say_who_and_the_markdown_reads(incident, blocker, summary, make_user, long_ago):
    incident("Queue <down>", "2026-03-01T10:00:00Z", severity="high", assigned_to_id=long_ago.id)
    incident("Slow search", "2026-03-01T11:00:00Z", "2026-03-01T12:30:00Z")
    blocker("No *staging*\nat all", "2026-02-20T09:00:00Z")
    blocker("Fresh", "2026-03-02T08:00:00Z")

    body = summary()

    assert body["content"]["incidents"][0]["assigned_to"] == {"id": long_ago.id, "full_name": "Zoe First"}
    assert body["content"]["blockers"][0]["reported_by"] == {"id": long_ago.id, "full_name": "Zoe First"}
    lines = [line.split("](")[0] + line.partition(")")[2] for line in body["markdown"].splitlines() if "](" in line]
    assert lines == [
        "- **high** [Queue \\<down\\>, Zoe First is on it",
        "- **high** [Queue \\<down\\>, Zoe First is on it",
        "- **medium** [Slow search, after 1.5 h",
        "- **medium** [Slow search, after 1.5 h",
        "- [No \\*staging\\*, Zoe First, 10 d",
        "- [Fresh, Zoe First, less than two days",
    ]


def test_the_live_view_has_them_too(incident, blocker, sign_in, member):
    incident("open", "2026-03-01T10:00:00Z")
    blocker("waits", "2026-03-01T10:00:00Z")

    with time_machine.travel("2026-03-02T12:00:00Z", tick=False):
        content = sign_in(member).get("/api/summaries/today").json

    assert (titles(content["incidents"]), titles(content["blockers"])) == (["open"], ["waits"])
    assert content["blockers"][0]["age_hours"] == 26.0
