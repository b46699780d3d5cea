"""Who hears of what: the acts of DESIGN's list, and as many that nobody hears of."""

import pytest
import time_machine

from asyncops.actor import SYSTEM
from asyncops.events import Subject, publish
from asyncops.transaction import unit_of_work
from modules.webhooks.events import WebhookDisabled


def test_who_is_assigned_hears_of_it(assigned, inbox, member):
    incident = assigned()

    (entry,) = inbox()
    assert entry["event"] == "incident.assigned"
    assert (entry["subject_type"], entry["subject_id"]) == ("incident", incident["id"])
    assert entry["title"] == "Checkout errors"
    assert entry["body"] == "Sam Lee assigned this incident to you"
    assert entry["url"] == f"/incidents/{incident['id']}"
    assert entry["actor"]["full_name"] == "Sam Lee"
    assert entry["is_read"] is False


def test_who_is_assigned_later_hears_of_it_and_who_was_before_does_not(assigned, act, events, other, inbox, sign_in):
    incident = assigned()
    act("PATCH", f"/api/incidents/{incident['id']}/assign", assigned_to_id=other.id)

    assert events() == ["incident.assigned"]
    assert [entry["event"] for entry in inbox(sign_in(other))] == ["incident.assigned"]


def test_nobody_is_told_of_their_own_doing(incident, act, actor, events, member, reader):
    mine = act("POST", "/api/incidents", reader, title="T", description="@max, look", severity="critical")
    act("PATCH", f"/api/incidents/{mine['id']}/assign", reader, assigned_to_id=member.id)
    act("PATCH", f"/api/incidents/{mine['id']}/status", reader, status="resolved")

    assert events() == []


def test_everybody_hears_of_a_critical_incident(incident, inbox, events, other, sign_in, admin):
    incident(severity="critical")

    for person in (None, sign_in(other), sign_in(admin)):
        (entry,) = inbox() if person is None else inbox(person)
        assert entry["event"] == "incident.created"
        assert entry["body"] == "Sam Lee opened a critical incident"


def test_everybody_hears_of_an_incident_that_becomes_critical(incident, act, inbox, events):
    made = incident(severity="high")
    assert events() == []

    act("PATCH", f"/api/incidents/{made['id']}", severity="critical")
    act("PATCH", f"/api/incidents/{made['id']}", title="Still critical")

    (entry,) = inbox()
    assert entry["body"] == "Sam Lee raised this incident to critical"


def test_who_left_hears_of_nothing(sign_in, admin, member, incident, sql):
    sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})
    incident(severity="critical")

    assert sql("SELECT count(*) FROM notifications WHERE recipient_id = :id", id=member.id) == 0


def test_reporter_and_assignee_hear_of_a_new_status(act, reader, inbox, other, sign_in):
    mine = act("POST", "/api/incidents", reader, title="T", description="D", assigned_to_id=other.id)
    act("PATCH", f"/api/incidents/{mine['id']}/status", status="in_progress")

    for person in (reader, sign_in(other)):
        assert inbox(person)[0]["event"] == "incident.status_changed"
        assert inbox(person)[0]["body"] == "Sam Lee changed the status from open to in progress"


def test_notes_on_the_same_status_are_no_news(act, reader, events):
    mine = act("POST", "/api/incidents", reader, title="T", description="D")
    act("PATCH", f"/api/incidents/{mine['id']}/status", status="open", resolution_notes="Still looking")

    assert events() == []


def test_who_waits_hears_that_it_is_over_once(act, reader, inbox):
    mine = act("POST", "/api/blockers", reader, description="No access\nat all", impact="I")
    for _ in range(2):
        act("PATCH", f"/api/blockers/{mine['id']}/resolve", resolution_notes="Done")

    (entry,) = inbox()
    assert (entry["event"], entry["title"]) == ("blocker.resolved", "No access")


def test_a_blocker_on_ones_update_or_incident_is_news(act, reader, blocker, events, member, incident):
    update = act("POST", "/api/status", reader, title="T", content="C")
    reported = act("POST", "/api/incidents", reader, title="T", description="D")
    blocker(related_status_id=update["id"])
    blocker(related_incident_id=reported["id"])
    assert events() == ["blocker.created"] * 2

    pointed_later = blocker()
    act("PATCH", f"/api/blockers/{pointed_later['id']}", related_status_id=update["id"])
    assert events() == ["blocker.created"] * 3

    blocker(related_incident_id=incident(assigned_to_id=member.id)["id"])
    assert events()[:2] == ["blocker.created", "incident.assigned"]


def test_a_blocker_that_is_released_calls_nobody(act, reader, blocker, events):
    update = act("POST", "/api/status", reader, title="T", content="C")
    blocker(related_status_id=update["id"])
    assert reader.delete(f"/api/status/{update['id']}").status_code == 204

    assert events() == ["blocker.created"]


def test_who_takes_part_hears_of_a_decision_and_of_its_changes(decision, act, inbox, member):
    made = decision(participant_ids=[member.id])
    act("PATCH", f"/api/decisions/{made['id']}", outcome="No", tags=["queue"])

    assert [entry["event"] for entry in inbox()] == ["decision.updated", "decision.created"]
    assert inbox()[0]["body"] == "Sam Lee changed outcome and tags"


def test_who_recorded_it_hears_that_an_administrator_changed_it(act, reader, events, sign_in, admin):
    mine = act(
        "POST",
        "/api/decisions",
        reader,
        title="T",
        description="D",
        context="C",
        outcome="O",
        decision_date="2026-03-02",
    )
    act("PATCH", f"/api/decisions/{mine['id']}", sign_in(admin), title="New")

    assert events() == ["decision.updated"]


def test_of_several_reasons_the_most_important_names_the_one_entry(incident, events, member):
    incident(assigned_to_id=member.id, severity="critical", description="@max: look at this")

    assert events() == ["incident.assigned"]


def test_account_matters_reach_oneself(reader, inbox):
    change = {"current_password": "correct-horse-1", "new_password": "battery-staple-2"}
    assert reader.post("/api/users/me/change-password", json=change).status_code == 200
    assert reader.patch("/api/users/me", json={"email": "maximus@example.org"}).status_code == 200
    assert reader.patch("/api/users/me", json={"timezone": "Europe/Madrid"}).status_code == 200

    assert [(entry["event"], entry["body"]) for entry in inbox()] == [
        ("user.updated", "Your e-mail is now maximus@example.org"),
        ("user.updated", "Your password was changed"),
    ]


def test_what_an_administrator_does_to_ones_account_is_news(sign_in, admin, member, inbox, reader):
    sign_in(admin).patch(f"/api/users/{member.id}", json={"role": "admin", "full_name": "Maximilian Member"})

    assert {entry["body"] for entry in inbox()} == {
        "Ada Admin changed your role from member to admin",
        "Ada Admin changed your name",
    }


@pytest.fixture
def morning():
    """An hour before the summary's; asked for first, so that people sign in on that day."""
    with time_machine.travel("2026-03-03T08:00:00Z", tick=False) as now:
        yield now


def test_the_latest_summary_is_news_once(morning, act, sign_in, admin, events, enqueue, work):
    boss = sign_in(admin)
    act("POST", "/api/status", title="Monday", content="Wrote tests")
    assert boss.post("/api/summaries/generate").status_code == 201
    assert events() == [], "written before its hour: the tick completes it"

    morning.move_to("2026-03-03T09:01:00Z")
    enqueue("daily_summaries.generate", "2026-03-03")
    work()
    assert boss.post("/api/summaries/generate?force_update=true").status_code == 201
    assert boss.post("/api/summaries/generate?summary_date=2026-03-02").status_code == 201
    assert events() == ["summary.generated"]


def test_an_empty_summary_is_no_news(morning, sign_in, admin, events):
    morning.move_to("2026-03-03T10:00:00Z")

    assert sign_in(admin).post("/api/summaries/generate").json["status_updates_count"] == 0
    assert events() == []


def test_administrators_hear_that_a_webhook_was_switched_off(app, sign_in, admin, inbox, events, work, mails):
    with app.app_context(), unit_of_work():
        publish(WebhookDisabled(SYSTEM, Subject("webhook", 7, "https://hooks.example.org/")))
    work()

    (entry,) = inbox(sign_in(admin))
    assert (entry["event"], entry["title"], entry["actor"]) == ("webhook.disabled", "https://hooks.example.org/", None)
    assert entry["url"] == "/admin/webhooks"
    assert [mail["To"] for mail in mails()] == [admin.email]
    assert events() == []
