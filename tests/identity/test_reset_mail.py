"""POST /api/auth/forgot-password, and the mail that it brings"""

import pytest
import time_machine

FORGOT = "/api/auth/forgot-password"


@pytest.fixture
def forget(client):
    def forget(email):
        return client.post(FORGOT, json={"email": email})

    return forget


@pytest.fixture
def lost(forget, member, lose_redis):
    """A reset that was asked for at nine and whose job was lost."""
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        forget(member.email)
        lose_redis()
        yield now


def test_the_mail_brings_a_link(forget, member, work, mails, text_of):
    forget(member.email)
    work()

    (mail,) = mails()
    assert mail["To"] == member.email
    assert "password" in mail["Subject"]
    assert "http://localhost:8000/reset-password#token=" in text_of(mail)


def test_the_answer_is_the_same_for_everybody(forget, member, other, admin, sign_in):
    sign_in(admin).patch(f"/api/users/{other.id}", json={"is_active": False})

    answers = [forget(email) for email in (member.email, "nobody@example.org", other.email)]

    assert [answer.status_code for answer in answers] == [202] * 3
    assert len({answer.data for answer in answers}) == 1
    assert len({frozenset(dict(answer.headers)) for answer in answers}) == 1


def test_who_has_no_account_gets_no_mail(forget, work, mails, member):
    forget("nobody@example.org")
    forget("m_x@example.org")
    work()

    assert mails() == []


def test_who_is_deactivated_gets_no_mail(forget, member, admin, sign_in, work, mails):
    sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})

    forget(member.email)
    work()

    assert mails() == []


def test_the_mail_goes_to_the_address_of_the_account(forget, member, work, mails):
    forget(" MAX@Example.org ")
    work()

    assert [mail["To"] for mail in mails()] == [member.email]


@pytest.mark.parametrize("email", [None, "", "nobody", "a\0@example.org", 7])
def test_what_is_no_email_is_named(forget, email):
    answer = forget(email)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["email"]


def test_running_the_job_again_writes_no_second_mail(forget, member, work, mails, enqueue, sql):
    forget(member.email)
    work()
    assert len(mails()) == 1
    mails.clear()

    enqueue("identity.send_password_reset", sql("SELECT id FROM password_resets"))
    work()

    assert mails() == []


def test_two_nudges_for_one_row_write_one_mail(forget, member, work, mails, enqueue, sql):
    forget(member.email)
    enqueue("identity.send_password_reset", sql("SELECT id FROM password_resets"))
    work()

    assert len(mails()) == 1


def test_the_job_of_a_row_that_is_gone_does_nothing(enqueue, work, mails, app):
    enqueue("identity.send_password_reset", 2_147_483_647)
    work()

    assert mails() == []


def test_a_lost_job_is_swept_up(lost, sweep, mails, member, reset, token_in, text_of):
    lost.move_to("2026-03-02T09:00:31Z")
    sweep()

    (mail,) = mails()
    assert mail["To"] == member.email
    assert reset(token_in(text_of(mail))).status_code == 200


def test_the_sweep_leaves_young_rows_to_their_own_job(lost, sweep, mails):
    lost.move_to("2026-03-02T09:00:30Z")
    sweep()

    assert mails() == []


def test_the_sweep_sends_nothing_twice(lost, sweep, mails):
    lost.move_to("2026-03-02T09:00:31Z")
    sweep()
    mails.clear()

    lost.move_to("2026-03-02T09:02:00Z")
    sweep()

    assert mails() == []


def test_the_sweep_lets_go_of_who_has_no_account(forget, sweep, lose_redis, sql, member):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        forget("nobody@example.org")
        lose_redis()
        now.move_to("2026-03-02T09:00:31Z")
        sweep()

    assert sql("SELECT count(*) FROM password_resets WHERE due_at IS NOT NULL") == 0


def test_a_link_that_has_expired_is_not_sent_any_more(lost, sweep, work, enqueue, sql, mails):
    lost.move_to("2026-03-02T10:00:00Z")
    sweep()
    enqueue("identity.send_password_reset", sql("SELECT id FROM password_resets"))
    work()

    assert mails() == []
