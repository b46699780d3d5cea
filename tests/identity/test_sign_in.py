"""POST /api/auth/login"""

import time

import bcrypt
import pytest


@pytest.fixture
def log_in(client, member, password):
    def log_in(via=client, **changed):
        return via.post("/api/auth/login", json={"email": member.email, "password": password} | changed)

    return log_in


@pytest.fixture
def inactive(member, admin, sign_in):
    sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})
    return member


def test_the_answer_brings_a_token_and_the_person(log_in, client):
    answer = log_in()

    assert answer.status_code == 200
    assert answer.json.keys() == {"access_token", "token_type", "expires_in", "user"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("bearer", 86_400)
    bearer = {"Authorization": f"Bearer {answer.json['access_token']}"}
    assert client.get("/api/users/me", headers=bearer).json == answer.json["user"]


def test_the_form_of_oauth2_works_too(client, member, password):
    form = {"grant_type": "password", "username": member.email, "password": password, "scope": ""}

    answer = client.post("/api/auth/login", data=form)

    assert answer.status_code == 200
    assert answer.json["user"]["id"] == member.id


def test_a_wrong_password_in_the_form_does_not(client, member):
    form = {"grant_type": "password", "username": member.email, "password": "wrong-horse-1"}

    assert client.post("/api/auth/login", data=form).status_code == 401


def test_the_emails_case_does_not_matter(log_in):
    assert log_in(email="MAX@Example.org").status_code == 200


def test_spaces_around_the_email_do_not_matter(log_in, client, member, password):
    assert log_in(email=f" {member.email}\t").status_code == 200
    assert (
        client.post("/api/auth/login", data={"username": f" {member.email}", "password": password}).status_code == 200
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"password": "correct-horse-2"},
        {"password": "CORRECT-HORSE-1"},
        {"password": "correct-horse-1 "},
        {"password": "correct-horse-1\0"},
        {"password": "x" * 1000},
        {"email": "nobody@example.org"},
        {"email": "max@example.org.example.net"},
        {"email": "m_x@example.org"},
        {"email": "%"},
    ],
)
def test_what_does_not_fit_is_refused_with_one_sentence_for_all(log_in, changed):
    answer = log_in(**changed)

    assert answer.status_code == 401
    assert answer.json["detail"] == "Incorrect email or password"
    assert answer.json["code"] == "wrong_credentials"
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"email": None}, "email"),
        ({"email": ""}, "email"),
        ({"email": 7}, "email"),
        ({"email": "x" * 256}, "email"),
        ({"email": "max\0@example.org"}, "email"),
        ({"password": None}, "password"),
        ({"password": ""}, "password"),
        ({"password": "x" * 1001}, "password"),
    ],
)
def test_a_bad_field_is_named(log_in, changed, field):
    answer = log_in(**changed)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_nul_in_the_form_is_named_too(client):
    answer = client.post("/api/auth/login", data={"username": "max\0@example.org", "password": "x"})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["email"]


def test_an_empty_form_names_both_fields(client):
    answer = client.post("/api/auth/login", data={"grant_type": "password"})

    assert answer.status_code == 422
    assert set(answer.json["errors"]) == {"email", "password"}


def test_a_body_that_is_neither_json_nor_the_form_is_refused(client):
    assert client.post("/api/auth/login", data="x", content_type="text/plain").status_code == 415
    assert client.post("/api/auth/login", data="{", content_type="application/json").status_code == 400
    assert client.post("/api/auth/login", json=["a"]).status_code == 422


def test_an_inactive_person_with_the_right_password_learns_why(log_in, inactive):
    answer = log_in()

    assert answer.status_code == 403
    assert answer.json["detail"] == "User account is inactive"
    assert "Set-Cookie" not in answer.headers


def test_an_inactive_account_tells_nothing_to_who_guesses(log_in, inactive):
    assert log_in(password="wrong-horse-1").json["detail"] == "Incorrect email or password"


def test_the_life_of_a_token_is_a_setting(make_app, log_in):
    assert log_in(make_app(TOKEN_HOURS="2").test_client()).json["expires_in"] == 7200


def test_an_unknown_email_costs_as_much_as_a_wrong_password(make_app, log_in):
    client = make_app(BCRYPT_ROUNDS="11").test_client()
    log_in(client, email="nobody@example.org")  # the first one makes the hash to compare with
    digest = bcrypt.hashpw(b"x", bcrypt.gensalt(11))
    began = time.thread_time()
    bcrypt.checkpw(b"y", digest)
    one_check = time.thread_time() - began

    began = time.thread_time()
    log_in(client, email="nobody@example.org", password="x" * 999)

    assert time.thread_time() - began > one_check / 2
