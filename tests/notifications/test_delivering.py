"""Mails and batches: at once, held in quiet hours, once a day; once for each act however often a job runs"""

from datetime import timedelta

import pytest
import time_machine

from asyncops.actor import Actor
from asyncops.clock import as_of, utcnow
from asyncops.extensions import redis_client
from asyncops.transaction import unit_of_work
from modules.incidents import service as incidents
from modules.notifications import service as notifications

NIGHT = {"start": "22:00", "end": "07:00"}


@pytest.fixture
def evening():
    """Five to ten in the evening; asked for first, so that people sign in on that day."""
    with time_machine.travel("2026-03-02T21:55:00Z", tick=False) as now:
        yield now


@pytest.fixture
def deliveries(app, sql):
    def deliveries(what="count(*)", where="true"):
        return sql(f"SELECT {what} FROM deliveries WHERE {where}")

    return deliveries


def test_a_mail_goes_at_once(assigned, work, mails, member, deliveries):
    assigned()
    assert mails() == []
    work()

    (mail,) = mails()
    assert mail["To"] == member.email
    assert deliveries("sent_at IS NOT NULL AND due_at IS NULL AND attempts = 1")


def test_one_request_makes_one_job_however_many_it_tells(incident, make_user, app):
    for _ in range(5):
        make_user()
    incident(severity="critical")

    with app.app_context():
        jobs = redis_client().lrange("rq:queue:notifications", 0, -1)
    assert len(jobs) == 1


def test_the_job_run_again_sends_nothing(assigned, work, mails, enqueue, deliveries):
    assigned()
    work()
    mails.clear()

    enqueue("notifications.deliver", deliveries("id"))
    work()

    assert mails() == []


def test_a_job_of_a_row_that_is_gone_does_nothing(enqueue, work, mails):
    enqueue("notifications.deliver", 2_147_483_647)
    work()

    assert mails() == []


def test_what_a_lost_redis_held_is_swept_up(assigned, lose_redis, sweep, mails):
    assigned()
    lose_redis()
    sweep()

    assert len(mails()) == 1


def test_jobs_carry_ids_alone(assigned, app, member, work):
    assigned(title="A secret plan", description="of great length")

    with app.app_context():
        held = b"".join(
            redis_client().dump(key) + b"".join(redis_client().hgetall(key).values())
            for key in redis_client().scan_iter("rq:job:*")
        )
    assert b"outbox.send_due" in held
    for text in (b"secret", b"great length", member.email.encode(), b"Checkout"):
        assert text not in held


def test_quiet_hours_hold_mails_back_and_one_mail_brings_all(evening, prefer, assigned, sweep, mails, text_of, inbox):
    prefer(quiet_hours=NIGHT)
    evening.move_to("2026-03-02T22:30:00Z")
    assigned(title="First")
    evening.move_to("2026-03-03T03:00:00Z")
    assigned(title="Second")
    sweep()
    assert mails() == []
    assert len(inbox()) == 2, "the inbox does not wait"

    evening.move_to("2026-03-03T07:00:00Z")
    sweep()

    (mail,) = mails()
    assert mail["Subject"] == "2 notifications from AsyncOps"
    assert "First" in text_of(mail)
    assert "Second" in text_of(mail)
    assert "notifications/unsubscribe?token=" in mail["List-Unsubscribe"]


def test_a_critical_incident_passes_quiet_hours_and_digest(evening, prefer, incident, work, mails):
    prefer(quiet_hours={"start": "21:00", "end": "07:00"}, email_mode="daily")
    incident(severity="critical")
    work()

    assert len(mails()) == 1


def test_one_alone_that_waited_is_an_ordinary_mail(evening, prefer, assigned, sweep, mails):
    prefer(email_mode="daily", digest_time="08:00")
    incident = assigned()
    evening.move_to("2026-03-03T08:00:00Z")
    sweep()

    (mail,) = mails()
    assert mail["Subject"] == f"Checkout errors (incident {incident['id']})"


def test_what_was_read_meanwhile_is_not_mailed(evening, prefer, assigned, sweep, mails, reader, inbox, deliveries):
    prefer(email_mode="daily", digest_time="08:00")
    assigned(title="Read")
    reader.patch(f"/api/notifications/{inbox()[0]['id']}", json={"is_read": True})
    assigned(title="Unread")
    evening.move_to("2026-03-03T08:00:00Z")
    sweep()

    (mail,) = mails()
    assert mail["Subject"].startswith("Unread")
    assert deliveries("count(*)", "sent_at IS NULL AND last_error LIKE 'It was read%'") == 1


def test_a_batch_that_fails_comes_again_as_the_same_message(evening, prefer, assigned, sweep, disk, mails, deliveries):
    prefer(email_mode="daily", digest_time="08:00")
    assigned(title="First")
    assigned(title="Second")
    disk.block()
    evening.move_to("2026-03-03T08:00:00Z")
    sweep()
    assert deliveries("count(*)", "attempts = 1 AND due_at IS NOT NULL") == 1

    assigned(title="Third")
    disk.mend()
    evening.move_to("2026-03-03T08:00:05Z")
    sweep()

    (mail,) = mails()
    assert mail["Subject"] == "2 notifications from AsyncOps"
    assert deliveries("count(*)", "sent_at IS NOT NULL") == 2
    assert deliveries("count(*)", "due_at IS NOT NULL") == 1, "the third waits for tomorrow"


def test_the_retry_of_a_batch_does_not_fall_into_the_night(evening, prefer, assigned, sweep, disk, mails):
    prefer(email_mode="daily", digest_time="21:58", quiet_hours=NIGHT)
    assigned()
    disk.block()
    evening.move_to("2026-03-02T21:59:59Z")
    sweep()
    disk.mend()
    evening.move_to("2026-03-02T22:00:05Z")
    sweep()
    assert mails() == []

    evening.move_to("2026-03-03T07:00:00Z")
    sweep()
    assert len(mails()) == 1


def test_a_mail_that_comes_late_heeds_the_night(evening, prefer, assigned, lose_redis, sweep, mails):
    prefer(quiet_hours=NIGHT)
    assigned()
    lose_redis()
    evening.move_to("2026-03-02T22:10:00Z")
    sweep()
    assert mails() == []

    evening.move_to("2026-03-03T07:00:00Z")
    sweep()
    assert len(mails()) == 1


def test_new_wishes_move_what_waits_already(evening, prefer, assigned, sweep, mails):
    prefer(email_mode="daily")
    assigned()
    prefer(email_mode="immediate")
    sweep()

    assert len(mails()) == 1


def test_two_workers_make_one_batch(evening, prefer, assigned, app, deliveries, while_held, mails, work, sql):
    prefer(email_mode="daily", digest_time="08:00")
    for number in range(4):
        assigned(title=f"Number {number}")
    evening.move_to("2026-03-03T08:00:00Z")
    ids = sql("SELECT array_agg(id ORDER BY id) FROM deliveries")

    def deliver(delivery_id):

        with app.app_context(), unit_of_work():
            notifications.deliver(delivery_id)

    while_held("LOCK TABLE deliveries", *(lambda one=one: deliver(one) for one in ids))
    work()

    assert [mail["Subject"] for mail in mails()] == ["4 notifications from AsyncOps"]
    assert deliveries("count(DISTINCT batch_id)") == 1


def test_who_left_meanwhile_gets_no_mail(assigned, sign_in, admin, member, work, mails, deliveries):
    assigned()
    sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})
    work()

    assert [mail["To"] for mail in mails()] == []
    assert deliveries("last_error") == "The person is not active any more"


def test_who_switched_it_off_meanwhile_gets_no_mail(assigned, prefer, work, mails):
    assigned()
    prefer(matrix=[{"event": "incident.assigned", "email": False}])
    work()

    assert mails() == []


def test_history_that_is_filled_in_sends_nothing(app, member, other, inbox, mails, sweep, deliveries):

    with app.app_context(), unit_of_work(), as_of(utcnow() - timedelta(days=3)):
        actor = Actor(id=other.id, role="member")
        incidents.report_incident(actor, title="T", description="D", severity="critical", assigned_to_id=member.id)
    sweep()

    assert len(inbox()) == 1
    assert (deliveries(), mails()) == (0, [])


def test_what_is_done_is_forgotten_after_a_month_and_what_waits_is_not(
    evening, prefer, assigned, work, sweep, sql, enqueue, reader
):
    assigned()
    work()
    prefer(email_mode="daily", digest_time="08:00")
    assigned()
    assigned()
    evening.move_to("2026-03-03T08:00:00Z")
    sweep()
    sql("UPDATE deliveries SET created_at = created_at + interval '2 days' WHERE batch_id <> id")
    prefer(quiet_hours={"start": "08:00", "end": "07:59"})
    assigned()
    reader.post("/api/notifications/read-all")
    sql("UPDATE deliveries SET due_at = '2027-01-01' WHERE due_at IS NOT NULL")

    stages = {
        "2026-04-01T20:00Z": (4, 4),
        "2026-04-03T08:00Z": (3, 4),  # the leader of a batch stays for its younger member
        "2026-04-04T08:00Z": (1, 4),
        "2026-09-01T08:00Z": (1, 1),
    }
    for moment, kept in stages.items():
        evening.move_to(moment)
        enqueue("notifications.purge")
        work()
        assert tuple(sql(f"SELECT count(*) FROM {table}") for table in ("deliveries", "notifications")) == kept
