"""POST /api/auth/register"""

import pytest
import time_machine


@time_machine.travel("2026-03-02T09:00:00Z", tick=False)
def test_a_new_person_is_a_member(register):
    answer = register(email="new@example.org", full_name=" New Person ")

    assert answer.status_code == 201
    assert answer.json == {
        "id": answer.json["id"],
        "email": "new@example.org",
        "full_name": "New Person",
        "role": "member",
        "is_active": True,
        "timezone": "UTC",
        "created_at": "2026-03-02T09:00:00.000000Z",
        "updated_at": "2026-03-02T09:00:00.000000Z",
    }


def test_a_new_person_can_sign_in(register, try_password, password):
    person = type("Person", (), register().json)

    assert try_password(person, password) == 200


def test_the_password_is_stored_as_a_bcrypt_hash(register, sql):
    user_id = register().json["id"]

    assert sql("SELECT password_hash FROM users WHERE id = :id", id=user_id).startswith("$2b$04$")


def test_nobody_gives_themselves_rights(register, client, password):
    answer = register(
        role="admin", is_active=False, id=7, version=9, token_generation=9, timezone="Europe/Madrid", nonsense=True
    )

    assert answer.status_code == 201
    assert (answer.json["role"], answer.json["is_active"], answer.json["timezone"]) == ("member", True, "UTC")
    assert answer.json["id"] != 7
    signed_in = client.post("/api/auth/login", json={"email": "new@example.org", "password": password})
    assert signed_in.json["user"] == answer.json


def test_the_email_is_stripped_and_keeps_its_case(register):
    assert register(email="  New.Person@Example.org\t").json["email"] == "New.Person@Example.org"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "@example.org"}, "email"),
        ({"email": "a b@example.org"}, "email"),
        ({"email": "a\0@example.org"}, "email"),
        ({"email": "x" * 244 + "@example.org"}, "email"),
        ({"email": ""}, "email"),
        ({"email": None}, "email"),
        ({"email": ["a@example.org"]}, "email"),
        ({"full_name": " \t"}, "full_name"),
        ({"full_name": "x" * 256}, "full_name"),
        ({"full_name": "two\nlines"}, "full_name"),
        ({"full_name": "nul\0"}, "full_name"),
        ({"full_name": None}, "full_name"),
        ({"password": None}, "password"),
        ({"password": 12345678}, "password"),
        ({"password": ""}, "password"),
        ({"password": "a1" * 501}, "password"),
        ({"invitation_token": 7}, "invitation_token"),
        ({"invitation_token": ""}, "invitation_token"),
    ],
)
def test_a_bad_field_is_named(register, sql, body, field):
    answer = register(**body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert list(answer.json["errors"]) == [field]
    assert sql("SELECT count(*) FROM users") == 0


@pytest.mark.parametrize("field", ["email", "password", "full_name"])
def test_a_missing_field_is_named(client, field):
    body = {"email": "new@example.org", "password": "correct-horse-1", "full_name": "New Person"}
    del body[field]

    answer = client.post("/api/auth/register", json=body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_the_longest_email_and_name_fit(register):
    answer = register(email="x" * 63 + "@" + "y" * 60 + ".example.org", full_name="я" * 255)

    assert answer.status_code == 201
    assert answer.json["full_name"] == "я" * 255


@pytest.mark.parametrize("again", ["new@example.org", "NEW@Example.ORG", " new@example.org "])
def test_an_email_joins_once(register, sql, again):
    register()

    answer = register(email=again)

    assert answer.status_code == 409
    assert answer.json["detail"] == "Email already registered"
    assert answer.json["code"] == "email_taken"
    assert sql("SELECT count(*) FROM users") == 1


@pytest.mark.parametrize(
    "email",
    ["jürgen@example.org", "a@exämple.org", '"a b"@example.org', "=?utf-8?q?someone?=@example.org", "a=?b@example.org"],
)
def test_an_address_that_mail_programs_would_read_otherwise_is_refused(register, email):
    answer = register(email=email)

    assert (answer.status_code, list(answer.json["errors"])) == (422, ["email"])


def test_of_several_who_take_one_email_at_once_one_joins(app, register, while_held, sql):
    emails = ["new@example.org", "New@example.org", "NEW@EXAMPLE.ORG", "new@Example.org"]

    answers = while_held(
        "LOCK TABLE users IN SHARE MODE",
        *(lambda e=email: register(app.test_client(use_cookies=False), email=e) for email in emails),
    )

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert sql("SELECT count(*) FROM users") == 1


@pytest.mark.parametrize("setting", ["invite", "closed"])
def test_nobody_joins_uninvited_where_registration_is_not_open(make_app, register, sql, setting):
    answer = register(make_app(REGISTRATION=setting).test_client())

    assert answer.status_code == 403
    assert answer.json["code"] == "registration_closed"
    assert sql("SELECT count(*) FROM users") == 0


@pytest.fixture
def by_domain(make_app):
    return make_app(ALLOWED_EMAIL_DOMAINS="example.org, Example.COM").test_client()


@pytest.mark.parametrize("email", ["a@example.org", "a@EXAMPLE.org", "a@example.com", " a@example.org "])
def test_people_of_an_allowed_domain_join(by_domain, register, email):
    assert register(by_domain, email=email).status_code == 201


@pytest.mark.parametrize(
    "email",
    ["a@example.net", "a@evil-example.org", "a@sub.example.org", "a@example.org.example.net", "a@example.org.x.org"],
)
def test_people_of_another_domain_do_not(by_domain, register, sql, email):
    answer = register(by_domain, email=email)

    assert answer.status_code == 403
    assert "domain" in answer.json["detail"]
    assert sql("SELECT count(*) FROM users") == 0
