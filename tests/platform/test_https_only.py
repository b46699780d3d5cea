"""Production: over https alone, under our own name."""

import pytest

PUBLIC = "https://ops.example.org"


@pytest.fixture
def production(make_app):
    """A client of an application in production, as the proxies before it would call it."""

    def make(**changed):
        changed = {"TRUSTED_PROXIES": "1", "PUBLIC_URL": PUBLIC, "ASYNCOPS_ENV": "production"} | changed
        return make_app(BCRYPT_ROUNDS="12", **changed).test_client()

    return make


def https(*before):
    return {"Host": "ops.example.org", "X-Forwarded-Proto": ", ".join([*before, "https"])}


PLAIN = {"Host": "ops.example.org", "X-Forwarded-Proto": "http"}


def test_a_browser_that_comes_over_http_is_sent_to_https(production):
    answer = production().get("/api/docs?x=1&y=%2F", headers=PLAIN)

    assert (answer.status_code, answer.headers["Location"]) == (301, f"{PUBLIC}/api/docs?x=1&y=%2F")
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("path", ["/api/config", "/api/status", "/api/nothing", "/api/", "/api/users/me/%0d%0aX:1"])
def test_a_program_that_comes_over_http_is_not_led_on_so_that_it_is_noticed(production, path):
    answer = production().get(path, headers=PLAIN | {"Authorization": "Bearer x"})

    assert (answer.status_code, answer.json["code"]) == (403, "https_required")
    assert "Location" not in answer.headers


def test_a_path_stays_a_path_on_the_way_to_https(production):
    answer = production().get("/admin/jobs/queue/%0d%0aSet-Cookie:x=1", headers=PLAIN)
    assert "Set-Cookie" not in answer.headers
    assert "\n" not in answer.headers.get("Location", "")


def test_what_is_sent_over_http_is_refused_and_not_repeated(production):
    answer = production().post("/api/auth/login", json={"email": "a@b.c", "password": "x"}, headers=PLAIN)

    assert (answer.status_code, answer.json["code"]) == (403, "https_required")
    assert answer.content_type == "application/problem+json"


def test_over_https_the_browser_is_told_to_stay_there(production):
    answer = production().get("/api/config", headers=https())

    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_only_the_word_of_the_proxies_that_are_counted_is_taken(production):
    lie = {"Host": "ops.example.org", "X-Forwarded-Proto": "https, http"}

    assert production().get("/api/config", headers=lie).status_code == 403
    assert production(TRUSTED_PROXIES="2").get("/api/config", headers=lie).status_code == 200


def test_without_a_proxy_nobody_is_sent_in_circles(production):
    answer = production(TRUSTED_PROXIES="0").get("/api/config", headers=https())

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


def test_in_development_http_will_do(make_app):
    answer = make_app(TRUSTED_PROXIES="1", PUBLIC_URL=PUBLIC).test_client().get("/api/config", headers=https())

    assert answer.status_code == 200
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("host", ["evil.example.org", "ops.example.org.evil.org", "10.0.0.7:8000", "a b", "ops"])
def test_another_name_is_refused(production, host):
    answer = production().get("/api/config", headers=https() | {"Host": host})

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")
    assert answer.content_type == "application/problem+json"
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_other_names_can_be_allowed(production):
    client = production(ALLOWED_HOSTS="ops.example.org,.internal.example.org")

    def status(host):
        return client.get("/api/config", headers=https() | {"Host": host}).status_code

    assert [status(host) for host in ("ops.example.org", "a.internal.example.org:8443", "example.org")] == [
        200,
        200,
        400,
    ]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_come_by_address_and_without_tls(production, path):
    assert production().get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200
    assert production().get(path, headers=PLAIN).status_code == 200
