"""What a mail about an act says, and the way out of it"""

import re

import pytest
import time_machine

from modules.notifications import letters


@pytest.fixture
def mail(mails, work):
    """The one mail that there is, once the work is done."""

    def mail():
        work()
        (found,) = mails()
        return found

    return mail


@pytest.fixture
def link_of():
    """The path of the unsubscribe link in a mail's header."""
    return lambda mail: re.search(r"<http://localhost:8000(\S+)>", mail["List-Unsubscribe"]).group(1)


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def test_a_mail_says_who_did_what_where_and_why_one_is_told(assigned, mail, text_of):
    incident = assigned(description="It fails.\n\nSince noon.")

    found = mail()

    assert found["Subject"] == f"Checkout errors (incident {incident['id']})"
    for text in (text_of(found), html_of(found)):
        assert "Sam Lee assigned this incident to you." in text
        assert "Since noon." in text
        assert f"http://localhost:8000/incidents/{incident['id']}" in text
        assert "An incident is assigned to me" in " ".join(text.split())


def test_all_mails_of_a_record_are_one_thread_with_one_subject(assigned, act, prefer, work, mails):
    prefer(matrix=[{"event": "incident.status_changed", "email": True}])
    incident = assigned()
    act("PATCH", f"/api/incidents/{incident['id']}/status", status="resolved", resolution_notes="It streams now.")
    work()

    first, second = mails()
    assert first["Subject"] == second["Subject"]
    assert first["References"] == second["References"] == f"<incident-{incident['id']}@localhost>"
    assert first["Message-ID"] != second["Message-ID"]
    assert "It streams now." in first.get_body(("plain",)).get_content() + second.get_body(("plain",)).get_content()


def test_what_people_write_stays_text(incident, member, mail):
    incident(
        title="<img src=x onerror=alert(1)>", description="</div><script>alert(1)</script>", assigned_to_id=member.id
    )

    found = mail()

    assert found["Subject"].startswith("<img src=x")
    assert "<script" not in html_of(found)
    assert "<img" not in html_of(found)
    assert "&lt;script&gt;" in html_of(found)


def test_a_long_text_is_cut(incident, member, mail, text_of):
    incident(description="word " * 900, assigned_to_id=member.id)

    assert text_of(mail()).count("word") == letters.LONGEST_QUOTE / 5


def test_a_record_that_is_gone_is_told_by_its_title(act, work, mails, text_of, member, actor):
    update = act("POST", "/api/status", title="Gone soon", content="with @max")
    actor.delete(f"/api/status/{update['id']}")
    work()

    (mail,) = mails()
    assert "Gone soon" in text_of(mail)


@pytest.mark.parametrize("kind", ["status", "blockers", "decisions"])
def test_every_kind_of_record_has_its_mail(kind, act, blocker, decision, mail, text_of, member):
    make = {
        "status": lambda: act("POST", "/api/status", title="T", content="Look, @max"),
        "blockers": lambda: blocker(description="Look, @max"),
        "decisions": lambda: decision(outcome="Look, @max"),
    }
    make[kind]()

    assert "Look, @max" in text_of(mail())


def test_a_changed_address_is_told_to_the_old_one(reader, member, mail, text_of):
    reader.patch("/api/users/me", json={"email": "thief@example.org"})

    found = mail()
    assert found["To"] == member.email
    assert "Your e-mail is now thief@example.org" in text_of(found)
    assert found["List-Unsubscribe"] is None


def test_a_password_change_is_mailed_although_one_did_it_oneself(reader, mail, text_of):
    reader.post(
        "/api/users/me/change-password",
        json={"current_password": "correct-horse-1", "new_password": "battery-staple-2"},
    )

    assert "Your password was changed." in text_of(mail())


@pytest.fixture
def nine():
    """The summary's hour; asked for first, so that people sign in on that day."""
    with time_machine.travel("2026-03-03T09:01:00Z", tick=False):
        yield


@pytest.fixture
def summarize(enqueue, work):
    def summarize():
        enqueue("daily_summaries.generate", "2026-03-03")
        work()

    return summarize


def test_the_summary_is_one_mail_for_each_subscriber(nine, act, prefer, reader, summarize, mails, text_of, member, sql):
    for number in range(12):
        act("POST", "/api/status", title=f"Update {number}", content="C")
    act_of_the_day = act("POST", "/api/incidents", title="Down", description="D", severity="high")
    for table in ("incidents", "status_updates"):
        sql(f"UPDATE {table} SET created_at = '2026-03-03T08:00:00Z'")
    summarize()

    (mail,) = [mail for mail in mails() if mail["To"] == member.email]
    assert mail["Subject"] == "AsyncOps: Summary of 2026-03-03"
    assert {mail["To"] for mail in mails()} == {member.email, "sam@example.org"}
    for text in (text_of(mail), html_of(mail)):
        assert "12 updates, 1 open incident, 0 active blockers, 0 decisions" in text
        assert f"http://localhost:8000/incidents/{act_of_the_day['id']}" in text
        assert "Update 9" in text
        assert "Update 10" not in text
        assert "and 2 more" in text


def test_no_summary_is_mailed_when_there_is_nothing_to_say(nine, reader, summarize, mails):
    summarize()

    assert mails() == []


def test_who_unsubscribed_from_summaries_gets_none(nine, act, reader, summarize, mails, prefer, member, sql):
    prefer(matrix=[{"event": "summary.generated", "email": False}])
    act("POST", "/api/status", title="T", content="C")
    sql("UPDATE status_updates SET created_at = '2026-03-03T08:00:00Z'")
    summarize()

    assert [mail["To"] for mail in mails()] == ["sam@example.org"]


def test_the_link_shows_a_form_and_changes_nothing(assigned, mail, client, link_of, mails, work):
    assigned()
    found = mail()
    page = client.get(link_of(found))

    assert page.status_code == 200
    assert page.mimetype == "text/html"
    assert "An incident is assigned to me" in page.text
    assert '<form method="post">' in page.text
    mails.clear()
    assigned()
    work()
    assert len(mails()) == 1


def test_one_click_ends_these_mails_and_no_others(assigned, act, mail, client, link_of, mails, work, inbox):
    """RFC 8058: a mail program posts this by itself, without cookies."""
    assigned()
    found = mail()
    assert found["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    for _ in range(2):
        assert client.post(link_of(found), data={"List-Unsubscribe": "One-Click"}).status_code == 200

    mails.clear()
    assigned()
    act("POST", "/api/status", title="T", content="@max")
    work()
    assert [mail["Subject"][:1] for mail in mails()] == ["T"]
    assert len(inbox()) == 3, "the inbox stays as it is"


def test_the_link_of_a_batch_ends_all_mails_but_account_notices(
    prefer, assigned, sweep, mails, client, link_of, reader, sql
):
    prefer(email_mode="daily")
    assigned()
    assigned()
    sql("UPDATE deliveries SET due_at = now()")
    sweep()
    (mail,) = mails()
    client.post(link_of(mail))

    matrix = reader.get("/api/notifications/preferences").json["matrix"]
    assert [row["event"] for row in matrix if row["email"]] == ["user.updated"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["x", "WzEsIioiXQ.forged", ""])
def test_a_link_from_elsewhere_does_nothing(client, method, token):
    answer = client.open(f"/api/notifications/unsubscribe?token={token}", method=method)

    assert answer.status_code == (400 if token else 422)
