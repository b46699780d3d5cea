"""The pages and files of the web application are held to the same rules as every other answer in production."""

from urllib.parse import urlsplit

import pytest

from asyncops.http.https_only import HSTS
from asyncops.http.request_context import SECURITY_HEADERS

PUBLIC = "https://ops.example.org"
BROWSER = {"Accept": "text/html", "Host": "ops.example.org"}
SECURE = BROWSER | {"X-Forwarded-Proto": "https"}
PLAIN = BROWSER | {"X-Forwarded-Proto": "http"}
SCRIPT = "/assets/index-B1x2y3z4.js"
SHOWN = ("/", "/incidents/12", "/theme.js", SCRIPT)


@pytest.fixture
def production(make_app, tmp_path, monkeypatch):
    """A client of an application in production, with a build."""
    dist = tmp_path / "frontend/dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<!doctype html><title>AsyncOps</title>")
    (dist / "theme.js").write_text("light()")
    (dist / SCRIPT.lstrip("/")).write_text("run()")
    monkeypatch.setattr("asyncops.app.ROOT", tmp_path)

    def make(**changed):
        usual = {"ASYNCOPS_ENV": "production", "PUBLIC_URL": PUBLIC, "BCRYPT_ROUNDS": "12", "TRUSTED_PROXIES": "1"}
        return make_app(**usual | changed).test_client(use_cookies=False)

    return make


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_over_http_is_not_shown_but_sent_to_https(production, path):
    with production().get(f"{path}?next=%2Fx", headers=PLAIN) as answer:
        assert (answer.status_code, answer.headers["Location"]) == (301, f"{PUBLIC}{path}?next=%2Fx")
        assert b"AsyncOps</title>" not in answer.data


@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example", "/@evil.example", "/%2f%2fevil.example", "/.evil.example"]
)
def test_the_way_to_https_leads_to_our_own_name(production, path):
    with production().get(path, headers=PLAIN) as answer:
        assert answer.status_code == 301
        assert urlsplit(answer.headers["Location"])[:2] == ("https", "ops.example.org")


@pytest.mark.parametrize("path", SHOWN)
def test_a_page_over_https_tells_the_browser_to_stay_there(production, path):
    with production().get(path, headers=SECURE) as answer:
        assert answer.status_code == 200
        assert answer.headers["Strict-Transport-Security"] == HSTS
    with production().head(path, headers=SECURE) as answer:
        assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (200, HSTS)


@pytest.mark.parametrize("path", SHOWN)
@pytest.mark.parametrize("host", ["evil.example.org", "ops.example.org.evil.org", "10.0.0.7:8000", "a b"])
def test_a_page_is_shown_under_our_own_name_alone(production, path, host):
    with production().get(path, headers=SECURE | {"Host": host}) as answer:
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


def test_the_forwarded_word_counts_for_pages_as_often_as_there_are_proxies(production):
    lie = BROWSER | {"X-Forwarded-Proto": "https, http"}

    with production().get("/", headers=lie) as answer:
        assert answer.status_code == 301
    with production(TRUSTED_PROXIES="2").get("/", headers=lie) as answer:
        assert answer.status_code == 200


def test_without_a_proxy_pages_send_nobody_in_circles(production):
    with production(TRUSTED_PROXIES="0").get("/", headers=PLAIN) as answer:
        assert answer.status_code == 200
        assert "Strict-Transport-Security" not in answer.headers


FOREIGN = [
    "evil.example",
    "evil.example:8000",
    "127.0.0.1.evil.example",
    "1.2.3",
    "localhost.evil.example",
    "x@localhost",
]
LOCAL = [
    "localhost",
    "LOCALHOST:8000",
    "127.0.0.1:8000",
    "[::1]:8000",
    "192.168.1.7",
    "mybox",
    "my-box:80",
    "app.localhost",
]


@pytest.mark.parametrize(("host", "status"), [*((one, 400) for one in FOREIGN), *((one, 200) for one in LOCAL)])
def test_no_foreign_page_can_give_its_name_to_a_server_in_development(client, host, status):
    """DNS rebinding: the page's own domain points to this machine, and the browser takes the two for one site."""
    answer = client.get("/api/config", headers={"Host": host, "Origin": f"http://{host}"})

    assert answer.status_code == status


def test_in_development_too_the_public_name_and_those_listed_are_ours(make_app):
    public = make_app(PUBLIC_URL="https://ops.example.org").test_client()
    listed = make_app(PUBLIC_URL="https://ops.example.org", ALLOWED_HOSTS="other.example.org").test_client()

    def status(client, host):
        return client.get("/api/config", headers={"Host": host}).status_code

    assert [status(public, host) for host in ("ops.example.org", "other.example.org", "localhost")] == [200, 400, 200]
    assert [status(listed, host) for host in ("ops.example.org", "other.example.org", "localhost")] == [400, 200, 400]


def test_a_page_that_has_not_changed_keeps_its_headers(production):
    client = production()
    with client.get("/", headers=SECURE) as answer:
        tag = answer.headers["ETag"]

    with client.get("/", headers=SECURE | {"If-None-Match": tag}) as answer:
        assert answer.status_code == 304
        assert answer.headers["Strict-Transport-Security"] == HSTS


def test_every_kind_of_answer_has_the_safe_headers(production):
    client = production()
    kinds = {
        "page": ("GET", "/incidents/12", 200),
        "file": ("GET", SCRIPT, 200),
        "answer": ("GET", "/api/config", 200),
        "not signed in": ("GET", "/api/status", 401),
        "no such page": ("GET", "/api/nothing", 404),
        "no such method": ("DELETE", "/api/auth/login", 405),
        "no such file": ("GET", "/assets/gone.js", 404),
        "not ours": ("GET", "/admin/jobs/", 401),
        "not valid": ("POST", "/api/auth/login", 422),
    }
    for kind, (method, path, status) in kinds.items():
        with client.open(path, method=method, headers=SECURE) as answer:
            assert answer.status_code == status, kind
            assert_safe(answer, kind)


def test_too_much_and_too_often_have_the_safe_headers_too(production):
    client = production()
    large = client.post("/api/auth/login", data=b"x" * (1024 * 1024 + 1), headers=SECURE, content_type="text/plain")
    many = [
        client.post("/api/auth/forgot-password", json={"email": "a@example.org"}, headers=SECURE) for _ in range(11)
    ]

    assert (large.status_code, many[-1].status_code) == (413, 429)
    assert_safe(large, "413")
    assert_safe(many[-1], "429")


def test_a_failure_has_the_safe_headers_too(production):
    client = production()

    def fail():
        raise RuntimeError

    client.application.view_functions["config.PublicConfig"] = fail
    answer = client.get("/api/config", headers=SECURE)

    assert answer.status_code == 500
    assert_safe(answer, "500")


def test_no_browser_keeps_an_answer_that_lets_somebody_in(sign_in, admin, member):
    client = sign_in(admin)
    webhook = client.post("/api/webhooks", json={"url": "https://hooks.example.org/", "events": ["*"]})
    rotated = client.post(f"/api/webhooks/{webhook.json['id']}/rotate-secret")
    invitation = client.post("/api/users/invitations", json={"email": "new@example.org"})
    credentials = {"email": member.email, "password": "correct-horse-1"}
    signed_in = client.post("/api/auth/login", json=credentials)

    for answer in (webhook, rotated, invitation, signed_in, client.get("/api/users/invitations")):
        assert (answer.status_code // 100, answer.headers["Cache-Control"]) == (2, "no-store")
    # What else is only the team's is kept by the person's own browser alone, and asked for each time.
    assert client.get("/api/users").headers["Cache-Control"] == "private, no-cache"


def assert_safe(answer, kind):
    found = dict(answer.headers)
    for name, value in SECURITY_HEADERS.items():
        if name == "Content-Security-Policy":
            assert "object-src 'none'; base-uri 'none'" in found[name], kind
            assert "frame-ancestors 'none'" in found[name], kind
        else:
            assert found[name] == value, (kind, name)
    assert found["Strict-Transport-Security"] == HSTS, kind
