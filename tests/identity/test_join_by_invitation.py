"""POST /api/auth/register with an invitation"""

import hashlib

import pytest
import time_machine
from itsdangerous import URLSafeSerializer

SHA256 = {"digest_method": hashlib.sha256}


@pytest.fixture
def token(invite, token_in):
    return token_in(invite("new@example.org", role="admin").json["link"])


@pytest.fixture
def invite_only(make_app):
    return make_app(REGISTRATION="invite").test_client()


def assert_no_invitation(answer):
    assert answer.status_code == 400
    assert answer.json["code"] == "invitation_invalid"


@pytest.mark.parametrize("role", ["admin", "member"])
def test_the_invitation_gives_the_role(invite, token_in, register, invite_only, role):
    token = token_in(invite("new@example.org", role=role).json["link"])

    answer = register(invite_only, invitation_token=token)

    assert answer.status_code == 201
    assert (answer.json["email"], answer.json["role"]) == ("new@example.org", role)


def test_it_counts_where_registration_is_open_too(register, token):
    assert register(invitation_token=token).json["role"] == "admin"


def test_it_lets_in_from_any_domain(register, token, make_app):
    elsewhere = make_app(ALLOWED_EMAIL_DOMAINS="example.net").test_client()

    assert register(elsewhere, invitation_token=token).status_code == 201


def test_where_registration_is_closed_nobody_joins(register, token, make_app, invite_only):
    closed = make_app(REGISTRATION="closed").test_client()

    answer = register(closed, invitation_token=token)

    assert answer.status_code == 403
    assert answer.json["code"] == "registration_closed"
    assert register(invite_only, invitation_token=token).status_code == 201


def test_the_role_in_the_body_does_not_count(invite, token_in, register):
    token = token_in(invite("new@example.org", role="member").json["link"])

    assert register(invitation_token=token, role="admin").json["role"] == "member"


def test_it_works_once(register, token, sql):
    register(invitation_token=token)

    assert_no_invitation(register(invitation_token=token))
    sql("UPDATE users SET email = 'renamed@example.org' WHERE email = 'new@example.org'")
    assert_no_invitation(register(invitation_token=token))


def test_of_several_who_accept_at_once_one_joins(app, register, token, while_held, sql):
    def join():
        return register(app.test_client(use_cookies=False), invitation_token=token).status_code

    answers = while_held("SELECT id FROM invitations FOR UPDATE", join, join, join)

    assert sorted(answers) == [201, 400, 400]
    assert sql("SELECT count(*) FROM users WHERE email = 'new@example.org'") == 1


def test_it_works_for_seven_days(invite, token_in, register):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        first = token_in(invite("first@example.org").json["link"])
        second = token_in(invite("second@example.org").json["link"])
        now.move_to("2026-03-09T09:00:00Z")
        assert_no_invitation(register(email="first@example.org", invitation_token=first))
        now.move_to("2026-03-09T08:59:59Z")
        assert register(email="second@example.org", invitation_token=second).status_code == 201


def test_it_is_made_out_to_one_email(register, token, sql):
    assert_no_invitation(register(email="friend@example.org", invitation_token=token))

    assert sql("SELECT count(*) FROM users WHERE email = 'friend@example.org'") == 0
    assert register(email="NEW@example.org", invitation_token=token).status_code == 201


def test_a_withdrawn_one_does_not_work(invite, token_in, register, sign_in, admin):
    invitation = invite().json
    sign_in(admin).delete(f"/api/users/invitations/{invitation['id']}")

    assert_no_invitation(register(invitation_token=token_in(invitation["link"])))


def test_one_that_is_withdrawn_at_that_moment_does_not_work(register, token, while_held):
    (answer,) = while_held("DELETE FROM invitations", lambda: register(invitation_token=token))

    assert_no_invitation(answer)


@pytest.mark.parametrize("forged", ["x", ".", "WzEsMF0.x", "é", "nul\0"])
def test_a_forged_one_does_not_work_even_where_registration_is_open(register, sql, forged):
    assert_no_invitation(register(invitation_token=forged))

    assert sql("SELECT count(*) FROM users WHERE email = 'new@example.org'") == 0


def test_one_under_another_key_does_not_work(register, token, environment):
    payload = URLSafeSerializer(environment["SECRET_KEY"], salt="invitation", signer_kwargs=SHA256).loads(token)

    forged = URLSafeSerializer("another-key", salt="invitation", signer_kwargs=SHA256).dumps(payload)
    assert_no_invitation(register(invitation_token=forged))


def test_a_reset_link_is_no_invitation(register, invite, ask_reset, member, sql):
    reset_token = ask_reset(member)
    invite()
    sql("UPDATE invitations SET id = (SELECT id FROM password_resets)")

    assert_no_invitation(register(invitation_token=reset_token))


def test_a_refused_registration_does_not_use_it_up(register, token):
    assert register(invitation_token=token, password="short").status_code == 422
    assert register(invitation_token=token, full_name=" ").status_code == 422

    assert register(invitation_token=token).status_code == 201


def test_who_has_joined_meanwhile_is_told_so_and_the_invitation_stays_open(register, token, sign_in, admin):
    register()

    assert register(invitation_token=token).status_code == 409

    assert sign_in(admin).get("/api/users/invitations").json["total"] == 1
