"""Rate limits of the routes that guessing would target."""

import re
from itertools import cycle
from pathlib import Path

import pytest

LOGIN = "/api/auth/login"
FORGOT = "/api/auth/forgot-password"


@pytest.fixture
def guess(client):
    def guess(email, password="wrong-horse-1", address="192.0.2.1", path=LOGIN):
        body = {"email": email, "password": password}
        return client.post(path, json=body, environ_overrides={"REMOTE_ADDR": address})

    return guess


def assert_limited(answer):
    assert answer.status_code == 429
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "too_many_requests"
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


@pytest.fixture
def ten_guesses(guess, member):
    assert {guess(member.email).status_code for _ in range(10)} == {401}


def test_the_eleventh_sign_in_of_a_minute_is_refused(guess, member, ten_guesses, password):
    assert_limited(guess(member.email, password))


def test_a_stranger_locks_nobody_out_from_elsewhere(guess, member, ten_guesses, password):
    assert guess(member.email, password, address="192.0.2.9").status_code == 200


def test_guesses_from_many_addresses_have_a_bound_of_their_own(guess, member, password):
    for address in range(20):
        for _ in range(10):
            assert guess(member.email, address=f"192.0.2.{address}").status_code == 401

    refused = guess(member.email, password, address="192.0.2.200")

    assert (refused.status_code, refused.json["code"]) == (429, "too_many_requests")
    assert 60 < int(refused.headers["Retry-After"]) <= 3600


def test_signing_in_rightly_counts_for_nothing(guess, member, password):
    assert {guess(member.email, password).status_code for _ in range(12)} == {200}


def test_a_look_alike_letter_opens_no_second_count(guess, make_user, password):
    make_user(email="kii@example.org")
    for _ in range(10):
        guess("kii@example.org")

    assert guess("k\u0130i@example.org", password).status_code == 401  # PostgreSQL alone would lower it to the same
    assert_limited(guess("\u212aii@example.org", password))  # the Kelvin sign, which lowers to a plain k


def test_a_body_that_is_too_large_does_not_switch_the_limit_off(client, guess, member, ten_guesses, password, logged):
    big = {"username": "a" * 1_200_000, "password": "x"}
    answer = client.post(LOGIN, data=big, environ_overrides={"REMOTE_ADDR": "192.0.2.1"})

    assert answer.status_code == 413
    assert_limited(guess(member.email, password))
    assert "storage" not in logged()


def test_behind_a_proxy_the_forwarded_address_counts(make_app, member):
    def guess(app, address):
        headers = {"X-Forwarded-For": f"203.0.113.1, {address}"}
        body = {"email": member.email, "password": "wrong-horse-1"}
        return app.test_client().post(LOGIN, json=body, headers=headers).status_code

    behind = make_app(TRUSTED_PROXIES="1")
    assert {guess(behind, "192.0.2.1") for _ in range(10)} == {401}
    assert (guess(behind, "192.0.2.1"), guess(behind, "192.0.2.2")) == (429, 401)


def test_without_a_proxy_nobody_chooses_their_address(client, member):
    def guess(number):
        body = {"email": member.email, "password": "wrong-horse-1"}
        return client.post(LOGIN, json=body, headers={"X-Forwarded-For": f"192.0.2.{number}"}).status_code

    assert [guess(number) for number in range(11)] == [401] * 10 + [429]


@pytest.mark.parametrize("spelling", ["MAX@Example.org", " max@example.org "])
def test_also_for_another_spelling_of_the_email(guess, ten_guesses, password, spelling):
    assert_limited(guess(spelling, password))


def test_also_by_the_form(client, member, ten_guesses, password):
    client.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    assert_limited(client.post(LOGIN, data={"username": member.email, "password": password}))


def test_a_form_can_not_hide_the_account_behind_an_email(client, member):
    def guess(number):
        form = {"username": member.email, "email": f"decoy-{number}@example.org", "password": "wrong-horse-1"}
        return client.post(LOGIN, data=form)

    assert {guess(number).status_code for number in range(10)} == {401}
    assert_limited(guess(10))


def test_a_body_can_not_hide_the_account_behind_a_username(client, member):
    def guess(number):
        body = {"email": member.email, "username": f"decoy-{number}@example.org", "password": "wrong-horse-1"}
        return client.post(LOGIN, json=body)

    assert {guess(number).status_code for number in range(10)} == {401}
    assert_limited(guess(10))


def test_another_account_from_the_same_address_still_works(guess, other, ten_guesses, password):
    assert guess(other.email, password).status_code == 200


def test_who_is_signed_in_goes_on(sign_in, member, guess, is_signed_in):
    client = sign_in(member)
    for _ in range(11):
        guess(member.email)

    assert is_signed_in(client)


def test_resets_have_a_count_of_their_own(guess, member, ten_guesses):
    for _ in range(10):
        assert guess(member.email, path=FORGOT).status_code == 202
    assert_limited(guess(member.email, path=FORGOT))


def test_an_address_has_sixty_tries_a_minute_over_all_routes(
    client, sign_in, register, reset, guess, member, other, password
):
    sessions = [sign_in(other), sign_in(member)]  # two, as each person has ten tries a minute at their own password
    for one in (client, *sessions):
        one.environ_base["REMOTE_ADDR"] = "192.0.2.1"
    turns = cycle(sessions)

    def change():
        body = {"current_password": "wrong-horse-1", "new_password": "battery-staple-2"}
        return next(turns).post("/api/users/me/change-password", json=body)

    for number in range(12):
        assert guess(f"{number}@example.org").status_code == 401
        assert guess(f"{number}@example.org", path=FORGOT).status_code == 202
        assert register(password="short").status_code == 422
        assert reset("forged").status_code == 400
        assert change().status_code == 400

    for answer in (
        guess(member.email, password),
        guess(member.email, path=FORGOT),
        register(),
        reset("forged"),
        change(),
    ):
        assert_limited(answer)
    assert guess(member.email, password, address="192.0.2.9").status_code == 200


def test_answers_say_how_much_is_left(guess, member):
    answers = [guess(member.email) for _ in range(2)]

    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["9", "8"]
    assert answers[0].headers["RateLimit-Limit"] == "10"


def test_every_limit_stands_where_it_is_looked_for():
    # Above a method it would be passed over: the limiter is asked for views alone that list it.
    text = "".join(path.read_text() for path in (Path(__file__).parents[2] / "modules").glob("*/routes.py"))
    used = [line.strip() for line in text.splitlines() if re.search(r"\bby_\w+", line) and "import" not in line]

    assert used
    assert all(line.startswith("decorators: ") for line in used)
