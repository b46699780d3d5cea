"""POST /api/auth/reset-password"""

import hashlib

import pytest
import time_machine
from itsdangerous import URLSafeSerializer

SHA256 = {"digest_method": hashlib.sha256}

NEW = "battery-staple-2"


@pytest.fixture
def token(ask_reset, member):
    return ask_reset(member)


def test_the_link_sets_the_password(token, reset, member, try_password, password):
    answer = reset(token)

    assert answer.status_code == 200
    assert answer.json.keys() == {"message"}
    assert try_password(member, NEW) == 200
    assert try_password(member, password) == 401


def test_it_signs_nobody_in(token, reset):
    assert "Set-Cookie" not in reset(token).headers


def test_the_link_works_once(token, reset, member, try_password):
    reset(token)

    answer = reset(token, "battery-staple-3")

    assert answer.status_code == 400
    assert answer.json["code"] == "reset_link_invalid"
    assert try_password(member, NEW) == 200


def test_every_session_ends(token, reset, sign_in, browser, member, other, is_signed_in):
    sessions, stranger = [sign_in(member), browser(member)], sign_in(other)

    reset(token)

    assert not any(is_signed_in(client) for client in sessions)
    assert is_signed_in(stranger)


def test_even_the_session_that_a_change_had_kept_ends(ask_reset, reset, sign_in, member, is_signed_in, password):
    kept = sign_in(member)
    kept.post("/api/users/me/change-password", json={"current_password": password, "new_password": "battery-staple-9"})

    reset(ask_reset(member))

    assert not is_signed_in(kept)


def test_the_link_works_until_its_hour_is_over(ask_reset, reset, member):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        token, second = ask_reset(member), ask_reset(member)
        now.move_to("2026-03-02T10:00:00Z")
        assert reset(token).status_code == 400
        now.move_to("2026-03-02T09:59:59Z")
        assert reset(second).status_code == 200


def test_other_open_links_die_with_the_old_password(ask_reset, reset, member):
    earlier, used, later = ask_reset(member), ask_reset(member), ask_reset(member)

    assert reset(used).status_code == 200

    assert reset(earlier).status_code == 400
    assert reset(later).status_code == 400


def test_a_link_asked_for_afterwards_works(ask_reset, reset, member):
    reset(ask_reset(member))

    assert reset(ask_reset(member), "battery-staple-3").status_code == 200


def test_anothers_link_stays(ask_reset, reset, member, other, try_password):
    of_member, of_other = ask_reset(member), ask_reset(other)

    reset(of_member)

    assert reset(of_other, "battery-staple-3").status_code == 200
    assert try_password(member, NEW) == 200
    assert try_password(other, "battery-staple-3") == 200


def test_a_deactivated_person_can_not_use_it(token, reset, sign_in, admin, member, try_password, password):
    administrator = sign_in(admin)
    administrator.patch(f"/api/users/{member.id}", json={"is_active": False})

    assert reset(token).status_code == 400

    administrator.patch(f"/api/users/{member.id}", json={"is_active": True})
    assert try_password(member, NEW) == 401
    assert try_password(member, password) == 200


def test_a_refused_password_does_not_use_the_link_up(token, reset, member, try_password):
    assert reset(token, "short").status_code == 422

    assert reset(token).status_code == 200
    assert try_password(member, NEW) == 200


@pytest.mark.parametrize("forged", ["x", ".", "WzEsMF0.x", "é", "nul\0", "WzEsMF0", "x" * 500])
def test_a_forged_token_is_refused(reset, forged):
    answer = reset(forged)

    assert answer.status_code == 400
    assert answer.json["code"] == "reset_link_invalid"


def test_a_token_under_another_key_is_refused(token, reset, environment):
    payload = URLSafeSerializer(environment["SECRET_KEY"], salt="password-reset", signer_kwargs=SHA256).loads(token)
    forged = URLSafeSerializer(environment["JWT_SECRET_KEY"], salt="password-reset", signer_kwargs=SHA256).dumps(
        payload
    )

    assert reset(forged).status_code == 400
    assert reset(token).status_code == 200


def test_an_invitations_token_resets_nothing(token, reset, invite, token_in, sql, admin, client):
    reset_id = sql("SELECT id FROM password_resets")
    invite()
    sql("UPDATE invitations SET id = :id", id=reset_id)
    listed = client.post("/api/auth/login", json={"email": admin.email, "password": "correct-horse-1"}).json
    bearer = {"Authorization": f"Bearer {listed['access_token']}"}
    (invitation,) = client.get("/api/users/invitations", headers=bearer).json["items"]

    assert reset(token_in(invitation["link"])).status_code == 400
    assert reset(token).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"token": None}, "token"),
        ({"token": ""}, "token"),
        ({"token": "x" * 501}, "token"),
        ({"token": 7}, "token"),
        ({"new_password": None}, "new_password"),
        ({"new_password": ""}, "new_password"),
    ],
)
def test_a_bad_field_is_named(client, token, body, field):
    answer = client.post("/api/auth/reset-password", json={"token": token, "new_password": NEW} | body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_of_two_uses_of_one_link_at_once_one_wins(app, token, reset, while_held, member, try_password):
    passwords = ["battery-staple-2", "battery-staple-3"]

    answers = while_held(
        "SELECT users.id FROM users, password_resets FOR UPDATE",
        *(lambda p=new: reset(token, p, app.test_client()).status_code for new in passwords),
    )

    assert sorted(answers) == [200, 400]
    assert [try_password(member, new) for new in passwords] == [{200: 200, 400: 401}[answer] for answer in answers]


def test_of_two_links_of_one_person_at_once_one_wins(app, ask_reset, reset, while_held, member):
    links = [ask_reset(member), ask_reset(member)]

    answers = while_held(
        "SELECT id FROM users FOR UPDATE",
        *(lambda t=token: reset(t, via=app.test_client()).status_code for token in links),
    )

    assert sorted(answers) == [200, 400]


def test_a_changed_password_voids_links_from_before(token, reset, sign_in, member, try_password, password):
    body = {"current_password": password, "new_password": "battery-staple-9"}
    assert sign_in(member).post("/api/users/me/change-password", json=body).status_code == 200

    assert reset(token).status_code == 400
    assert try_password(member, "battery-staple-9") == 200


def test_a_changed_email_voids_links_that_went_to_the_old_one(token, reset, sign_in, member):
    assert sign_in(member).patch("/api/users/me", json={"email": "elsewhere@example.org"}).status_code == 200

    assert reset(token).status_code == 400


def test_a_deactivation_voids_links_also_past_a_reactivation(token, reset, sign_in, admin, member):
    for active in (False, True):
        assert sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": active}).status_code == 200

    assert reset(token).status_code == 400
