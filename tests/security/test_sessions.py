"""Sessions can neither be planted, nor kept by a thief, nor guessed open from inside.

More of them in tests/identity: test_cookies, test_tokens, test_sign_out, test_change_password, test_administration.
"""

import json

import bcrypt
import psycopg
import pytest

PASSWORD = "correct-horse-1"
COOKIE = "access_token_cookie"
NEW = "battery-staple-2"


@pytest.fixture
def log_in(app):
    """Sign somebody in with this browser; gives the answer."""

    def log_in(client, user, password=PASSWORD, **more):
        return client.post("/api/auth/login", json={"email": user.email, "password": password}, **more)

    return log_in


def who(client):
    answer = client.get("/api/users/me")
    return answer.json["id"] if answer.status_code == 200 else answer.status_code


def with_token(app, token):
    client = app.test_client()
    client.set_cookie(COOKIE, token)
    return client


def test_a_planted_session_is_replaced_and_dead_after_signing_in(app, log_in, browser, member, other):
    planted = browser(other).get_cookie(COOKIE).value
    victim = with_token(app, planted)

    log_in(victim, member)

    assert victim.get_cookie(COOKIE).value != planted
    assert who(victim) == member.id
    assert who(with_token(app, planted)) == 401


def test_a_planted_name_that_is_no_token_is_replaced(app, log_in, member):
    victim = with_token(app, "chosen-by-somebody")

    assert log_in(victim, member).status_code == 200

    assert who(victim) == member.id


def test_signing_in_again_ends_the_session_that_the_browser_had(app, log_in, browser, member):
    client = browser(member)
    before = client.get_cookie(COOKIE).value

    log_in(client, member)

    assert who(client) == member.id
    assert who(with_token(app, before)) == 401


def test_a_refused_sign_in_ends_nothing(app, log_in, browser, member):
    client = browser(member)

    assert log_in(client, member, "wrong-horse-1").status_code == 401

    assert who(client) == member.id


def test_another_sites_form_ends_nothing(log_in, browser, member, other):
    client = browser(member)

    log_in(client, other, headers={"Origin": "https://evil.example"})

    assert who(client) == member.id


def test_a_token_of_an_account_that_is_gone_is_no_obstacle(log_in, app, browser, other, member, sql):
    planted = browser(other).get_cookie(COOKIE).value
    sql("UPDATE users SET id = id + 1000 WHERE id = :id", id=other.id)

    assert log_in(with_token(app, planted), member).status_code == 200


@pytest.fixture(params=["sign-out", "new password", "deactivation"])
def end_sessions(request, browser, sign_in, member, admin):
    """End the session of a browser of the member's, in one of the ways."""

    def end(own):
        if request.param == "sign-out":
            return own.post("/api/auth/logout")
        if request.param == "deactivation":
            return sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})
        body = {"current_password": PASSWORD, "new_password": NEW}
        return browser(member).post("/api/users/me/change-password", json=body)

    return end


def test_a_stolen_cookie_is_worth_nothing_after(app, browser, member, end_sessions):
    own = browser(member)
    stolen = own.get_cookie(COOKIE).value
    thief = with_token(app, stolen)
    bearer = {"Authorization": f"Bearer {stolen}"}
    assert who(thief) == member.id

    assert end_sessions(own).status_code == 200

    assert who(thief) in {401, 403}
    for path in ("/api/users/me", "/api/status"):
        assert app.test_client().get(path, headers=bearer).status_code in {401, 403}


def test_there_is_no_second_kind_of_token(app, member, log_in):
    answer = log_in(app.test_client(), member)

    assert "refresh" not in answer.text
    assert {line.partition("=")[0] for line in answer.headers.getlist("Set-Cookie")} == {COOKIE, "csrf_access_token"}
    assert not [rule for rule in app.url_map.iter_rules() if "refresh" in rule.rule]


def test_signing_out_empties_the_browsers_cache(browser, member):
    assert browser(member).post("/api/auth/logout").headers["Clear-Site-Data"] == '"cache"'


def test_whoever_took_a_session_over_can_not_guess_the_password_from_many_addresses(sign_in, member):
    client = sign_in(member)

    def guess(address, password="wrong-horse-1"):
        body = {"current_password": password, "new_password": NEW}
        change = "/api/users/me/change-password"
        return client.post(change, json=body, environ_overrides={"REMOTE_ADDR": address}).status_code

    assert {guess(f"192.0.2.{number}") for number in range(10)} == {400}
    assert guess("192.0.2.99", PASSWORD) == 429


@pytest.mark.parametrize("password", [PASSWORD, "wrong-horse-1", "x" * 72, "x" * 73, "x" * 999])
def test_a_sign_in_checks_one_hash_whoever_it_is(app, log_in, member, make_user, sign_in, admin, password, monkeypatch):
    gone = make_user()
    assert sign_in(admin).patch(f"/api/users/{gone.id}", json={"is_active": False}).status_code == 200
    checked = []
    check = bcrypt.checkpw
    monkeypatch.setattr(bcrypt, "checkpw", lambda given, digest: (checked.append(digest[:7]), check(given, digest))[1])
    people = {"known": member.email, "unknown": "nobody@example.org", "inactive": gone.email}

    runs = {}
    for name, email in people.items():
        checked.clear()
        app.test_client().post("/api/auth/login", json={"email": email, "password": password})
        runs[name] = list(checked)

    once = [b"$2b$04$"]  # and at the same cost
    assert runs == {"known": once, "unknown": once, "inactive": once}


def test_who_signs_in_and_who_fails_is_logged_without_what_they_typed(app, log_in, logged, member, sign_in, admin):
    client = app.test_client()
    log_in(client, member)
    log_in(client, member, "wrong-horse-1")
    client.post("/api/auth/login", json={"email": "stranger@example.org", "password": PASSWORD})
    sign_in(admin).patch(f"/api/users/{member.id}", json={"is_active": False})
    log_in(client, member)

    lines = [json.loads(line) for line in logged().splitlines()]
    told = [
        (line["event"], line.get("reason"), line["user_id"])
        for line in lines
        if line["event"] in {"signed_in", "sign_in_refused"} and line["user_id"] != admin.id
    ]
    assert told == [
        ("signed_in", None, member.id),
        ("sign_in_refused", "wrong password", member.id),
        ("sign_in_refused", "no such account", None),
        ("sign_in_refused", "inactive", member.id),
    ]
    requests = {line["request_id"]: line for line in lines if line["event"] == "request"}
    assert all(requests[line["request_id"]]["address"] == "127.0.0.1" for line in lines if line["event"] == "signed_in")
    assert not any(word in logged() for word in ("stranger", member.email, PASSWORD, "wrong-horse"))


@pytest.mark.parametrize(("before", "after"), [("4", "6"), ("6", "4")])
def test_signing_in_brings_an_old_hash_to_the_cost_of_today(make_app, log_in, member, sql, before, after):
    def hash_after(client, password=PASSWORD):
        status = log_in(client, member, password).status_code
        return status, sql("SELECT password_hash FROM users WHERE id = :id", id=member.id)

    old, new = (make_app(BCRYPT_ROUNDS=rounds).test_client() for rounds in (before, after))
    version = sql("SELECT version FROM users WHERE id = :id", id=member.id)
    _, first = hash_after(old)

    assert hash_after(new, "wrong-horse-1") == (401, first)
    status, second = hash_after(new)
    assert (status, first[:7], second[:7]) == (200, f"$2b$0{before}$", f"$2b$0{after}$")
    assert hash_after(new) == (200, second)
    assert sql("SELECT version FROM users WHERE id = :id", id=member.id) == version


def test_a_password_that_is_changed_while_its_hash_is_renewed_stays_changed(
    make_app, log_in, member, monkeypatch, environment
):
    fresh = bcrypt.hashpw(NEW.encode(), bcrypt.gensalt(6)).decode()
    client = make_app(BCRYPT_ROUNDS="6").test_client()
    make = bcrypt.hashpw

    with psycopg.connect(environment["DATABASE_URL"].replace("+psycopg", ""), autocommit=True) as elsewhere:

        def meanwhile(*given):
            elsewhere.execute("UPDATE users SET password_hash = %s WHERE id = %s", (fresh, member.id))
            return make(*given)

        monkeypatch.setattr(bcrypt, "hashpw", meanwhile)
        assert log_in(client, member).status_code == 200

        found = elsewhere.execute("SELECT password_hash FROM users WHERE id = %s", (member.id,)).fetchone()
    assert found == (fresh,)
