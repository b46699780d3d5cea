"""The single-page application's session: cookies with CSRF double submit."""

import pytest

EDIT = {"full_name": "Max Muster"}


def cookies_of(answer):
    """The Set-Cookie headers: name -> attributes in lower case."""
    found = {}
    for line in answer.headers.getlist("Set-Cookie"):
        first, *rest = line.split("; ")
        found[first.partition("=")[0]] = {part.partition("=")[0].lower(): part.partition("=")[2] for part in rest}
    return found


@pytest.fixture
def log_in(member, password):
    def log_in(app):
        return app.test_client().post("/api/auth/login", json={"email": member.email, "password": password})

    return log_in


def test_scripts_may_read_the_csrf_value_but_not_the_token(app, log_in):
    cookies = cookies_of(log_in(app))

    assert cookies.keys() == {"access_token_cookie", "csrf_access_token"}
    assert "httponly" in cookies["access_token_cookie"]
    assert "httponly" not in cookies["csrf_access_token"]


def test_cookies_stay_on_the_site_and_live_as_long_as_the_token(app, log_in):
    for cookie in cookies_of(log_in(app)).values():
        assert cookie["samesite"] == "Lax"
        assert cookie["max-age"] == "86400"
        assert cookie["path"] == "/"
        assert "domain" not in cookie
        assert "secure" not in cookie


def test_cookies_live_shorter_where_tokens_do(make_app, log_in):
    cookies = cookies_of(log_in(make_app(TOKEN_HOURS="2")))

    assert {cookie["max-age"] for cookie in cookies.values()} == {"7200"}


def test_in_production_cookies_want_tls(make_app, log_in):
    cookies = cookies_of(
        log_in(make_app(ASYNCOPS_ENV="production", BCRYPT_ROUNDS="12", PUBLIC_URL="https://localhost"))
    )

    assert cookies.keys() == {"__Host-access_token", "csrf_access_token"}
    assert all("secure" in cookie for cookie in cookies.values())
    assert "httponly" in cookies["__Host-access_token"]
    # What browsers ask of the prefix; else they would not keep the cookie.
    assert cookies["__Host-access_token"]["path"] == "/"
    assert "domain" not in cookies["__Host-access_token"]


def test_a_write_with_the_csrf_value_goes_through(browser, member):
    answer = browser(member).patch("/api/users/me", json=EDIT)

    assert answer.status_code == 200
    assert answer.json["full_name"] == "Max Muster"


@pytest.mark.parametrize("value", [None, "", "x", "of another"])
@pytest.mark.parametrize(
    ("method", "path"), [("PATCH", "/api/users/me"), ("POST", "/api/auth/logout"), ("POST", "/api/status")]
)
def test_a_write_without_it_is_refused(browser, member, other, method, path, value):
    client = browser(member)
    del client.environ_base["HTTP_X_CSRF_TOKEN"]
    if value == "of another":
        value = browser(other).environ_base["HTTP_X_CSRF_TOKEN"]

    headers = {} if value is None else {"X-CSRF-TOKEN": value}
    answer = client.open(path, method=method, json=EDIT, headers=headers)

    assert answer.status_code == 401
    assert "X-CSRF-TOKEN" in answer.json["detail"]
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/api/users/me").json["full_name"] == "Max Member"


def test_reading_needs_no_csrf_value(browser, member):
    client = browser(member)
    del client.environ_base["HTTP_X_CSRF_TOKEN"]

    assert client.get("/api/users/me").json["id"] == member.id


def test_the_readable_cookie_alone_is_nobody(browser, member):
    client = browser(member)
    client.delete_cookie("access_token_cookie")

    assert client.get("/api/users/me").status_code == 401
    assert client.patch("/api/users/me", json=EDIT).status_code == 401


def test_a_bearer_token_wins_over_cookies_and_needs_no_csrf_value(browser, sign_in, member, other):
    client = browser(member)
    del client.environ_base["HTTP_X_CSRF_TOKEN"]
    bearer = {"Authorization": sign_in(other).environ_base["HTTP_AUTHORIZATION"]}

    answer = client.patch("/api/users/me", json={"full_name": "Olga Orlova"}, headers=bearer)

    assert answer.status_code == 200
    assert answer.json["id"] == other.id
    assert client.get("/api/users/me", headers=bearer).json["id"] == other.id
    assert client.get("/api/users/me").json["full_name"] == "Max Member"


@pytest.mark.parametrize("bearer", ["Bearer x", "Bearer a.b.c", "Bearer"])
def test_a_bad_bearer_token_is_not_healed_by_cookies(browser, member, bearer):
    assert browser(member).get("/api/users/me", headers={"Authorization": bearer}).status_code == 401


def test_a_token_in_the_query_is_nobody(client, sign_in, member):
    token = sign_in(member).environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")

    assert client.get("/api/users/me", query_string={"jwt": token, "access_token": token}).status_code == 401


def test_a_refused_sign_in_leaves_an_earlier_session_alone(browser, member, is_signed_in):
    client = browser(member)

    client.post("/api/auth/login", json={"email": member.email, "password": "wrong-horse-1"})

    assert is_signed_in(client)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://localhost.evil.example", "http://localhost:1"]
)
def test_another_sites_form_puts_nobody_into_an_account(app, member, password, origin):
    client = app.test_client()
    form = {"username": member.email, "password": password}

    answer = client.post("/api/auth/login", data=form, headers={"Origin": origin})

    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"


def test_our_own_pages_and_those_that_we_list_get_the_cookies(make_app, member, password):
    listed = make_app(CORS_ORIGINS="https://app.example.org", PUBLIC_URL="https://ops.example.org/x")
    for origin in ("http://localhost", "https://app.example.org", "https://ops.example.org"):
        body = {"email": member.email, "password": password}
        answer = listed.test_client().post("/api/auth/login", json=body, headers={"Origin": origin})
        assert len(answer.headers.getlist("Set-Cookie")) == 2, origin


def test_a_csrf_value_that_was_right_once_is_asked_for_again(browser, member):
    client = browser(member)
    assert client.patch("/api/users/me", json={"full_name": "Max"}).status_code == 200

    answer = client.patch("/api/users/me", json={"full_name": "Moritz"}, headers={"X-CSRF-TOKEN": "another"})

    assert answer.status_code == 401
    assert client.get("/api/users/me").json["full_name"] == "Max"
