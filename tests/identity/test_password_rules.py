"""What a password must be: the same at registration, change and reset."""

import pytest

GOOD = [
    "abcdefx1",
    "1" * 71 + "a",
    "é" * 35 + "a1",  # 72 bytes
    "пароль-7",
    " spaces 1 ",
    "密码密码密码密1",
]
BAD = [
    ("abcdef1", "8 characters"),
    ("éééééé1", "8 characters"),
    ("1" * 72 + "a", "72 bytes"),
    ("é" * 36 + "1", "72 bytes"),
    ("abcdefgh", "one letter and one digit"),
    ("12345678", "one letter and one digit"),
    ("!_!_!_!_1", "one letter and one digit"),
    ("abcdefg\0001", "NUL"),
    ("Password1", "guessed first"),
    ("1q2w3e4r", "guessed first"),
    ("AsyncOps-2026!", "a name from here"),
]


@pytest.fixture(params=["register", "change", "reset"])
def set_password(request, register, sign_in, member, ask_reset, reset, password):
    """Set Max's password, or that of a new person, in each of the three ways; gives the answer and the e-mail."""
    if request.param == "register":
        return lambda new: register(email="new7@example.org", password=new), "new7@example.org", "password"
    if request.param == "reset":
        token = ask_reset(member)
        return lambda new: reset(token, new), member.email, "new_password"
    client = sign_in(member)
    body = {"current_password": password}
    change = "/api/users/me/change-password"
    return lambda new: client.post(change, json=body | {"new_password": new}), member.email, "new_password"


@pytest.mark.parametrize("new", GOOD)
def test_a_good_password_opens(set_password, client, new):
    set_it, email, _ = set_password

    assert set_it(new).status_code in {200, 201}
    assert client.post("/api/auth/login", json={"email": email, "password": new}).status_code == 200


@pytest.mark.parametrize(("new", "why"), BAD)
def test_a_bad_password_is_refused_with_the_reason(set_password, client, new, why):
    set_it, email, field = set_password

    answer = set_it(new)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert why in answer.json["errors"][field][0]
    assert client.post("/api/auth/login", json={"email": email, "password": new}).status_code == 401


def test_a_name_from_here_with_digits_is_no_password(set_password):
    set_it, email, field = set_password
    name = email.partition("@")[0].strip("0123456789")

    for password in (f"{name}-20261", f"1-{name.upper()}!23456"):
        assert set_it(password).json["errors"] == {field: ["It must be more than a name from here with digits."]}


def test_the_name_of_the_workspace_with_digits_is_no_password(make_app):
    client = make_app(WORKSPACE_NAME="Zephyr & Co").test_client()
    body = {"email": "new@example.org", "full_name": "New", "password": "zephyr co 2026"}

    assert "a name from here" in client.post("/api/auth/register", json=body).json["errors"]["password"][0]
    assert client.post("/api/auth/register", json=body | {"password": "zephyr corp 2026"}).status_code == 201


@pytest.mark.parametrize("password", ["new7@example.org", "NEW7@Example.org"])
def test_the_email_is_no_password(register, password):
    answer = register(email="new7@example.org", password=password)

    assert answer.status_code == 422
    assert answer.json["errors"] == {"password": ["It must not be the e-mail."]}


def test_the_email_is_no_new_password_either(make_user, sign_in, ask_reset, reset, password):
    user = make_user(email="max7@example.org")
    body = {"current_password": password, "new_password": "MAX7@example.org"}

    assert sign_in(user).post("/api/users/me/change-password", json=body).status_code == 422
    assert reset(ask_reset(user), "max7@example.org").status_code == 422
    assert reset(ask_reset(user), "max8@example.org").status_code == 200


def test_spaces_belong_to_a_password(register, client):
    register(password=" spaces 1 ")

    assert client.post("/api/auth/login", json={"email": "new@example.org", "password": "spaces 1"}).status_code == 401


def test_what_follows_72_bytes_is_not_cut_off(register, client):
    longest = "a1" * 36
    register(password=longest)

    for given, status in ((longest, 200), (longest + "x", 401), (longest[:-1], 401)):
        body = {"email": "new@example.org", "password": given}
        assert client.post("/api/auth/login", json=body).status_code == status
