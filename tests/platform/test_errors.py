"""Every refusal and every failure is the same kind of problem+json."""

import json

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from asyncops.errors import Conflict
from asyncops.extensions import db
from asyncops.http.errors import flatten


@pytest.fixture
def broken(make_app, sign_in, member):
    """An application with a route that fails in the way the test wants."""

    def break_with(view, **settings):
        app = make_app(**settings)
        app.add_url_rule("/api/broken", "broken", view, methods=["GET", "POST"])
        client = app.test_client(use_cookies=False)
        client.environ_base.update(sign_in(member).environ_base)
        return client

    return break_with


def assert_problem(answer, status, code):
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    body = answer.json
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["detail"]
    assert body["request_id"] == answer.headers["X-Request-ID"]


def test_an_unknown_route_is_a_problem(client):
    assert_problem(client.get("/api/nothing"), 404, "not_found")
    assert_problem(client.get("/nothing"), 404, "not_found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client):
    answer = client.delete("/api/auth/login")

    assert_problem(answer, 405, "method_not_allowed")
    assert "POST" in answer.headers["Allow"]


def test_a_body_that_is_too_large_is_a_problem(sign_in, member):
    answer = sign_in(member).post("/api/status", data=b"x" * (1024 * 1024 + 1), content_type="application/json")

    assert_problem(answer, 413, "request_entity_too_large")


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 100_000, b'{"title": NaN}', b'"\\ud800"', b"\x00", b'{"a":1}x'])
def test_broken_json_is_a_400(sign_in, member, body):
    assert_problem(sign_in(member).post("/api/status", data=body, content_type="application/json"), 400, "bad_request")


@pytest.mark.parametrize("body", [[], "text", 7, None, True, [{"title": "t"}]])
def test_json_that_is_no_object_is_a_422(sign_in, member, body):
    answer = sign_in(member).post("/api/status", data=json.dumps(body), content_type="application/json")

    assert_problem(answer, 422, "invalid")
    assert list(answer.json["errors"]) == ["_"]


def test_a_failure_is_told_in_development(broken):
    def view():
        raise RuntimeError("the flux is gone")

    answer = broken(view).get("/api/broken")

    assert_problem(answer, 500, "internal_server_error")
    assert "the flux is gone" in answer.json["detail"]


def test_a_failure_keeps_its_details_to_itself_in_production(broken):
    def view():
        raise RuntimeError("the flux is gone")

    answer = broken(view, ASYNCOPS_ENV="production", BCRYPT_ROUNDS="12", PUBLIC_URL="https://localhost").get(
        "/api/broken"
    )

    assert_problem(answer, 500, "internal_server_error")
    assert "flux" not in answer.text


def test_a_refusal_rolls_everything_back(broken, app):
    def view():
        db.session.execute(text("UPDATE users SET full_name = 'changed'"))
        raise Conflict

    assert_problem(broken(view).post("/api/broken"), 409, "conflict")
    with app.app_context():
        assert "changed" not in db.session.scalars(text("SELECT full_name FROM users")).all()


def test_a_get_that_writes_fails_before_it_writes(broken, app):
    def view():
        db.session.execute(text("UPDATE users SET full_name = 'changed'"))
        return {}

    assert_problem(broken(view).get("/api/broken"), 500, "internal_server_error")
    with app.app_context():
        assert "changed" not in db.session.scalars(text("SELECT full_name FROM users")).all()


def test_an_answer_that_can_not_be_serialised_saves_nothing(broken, app):
    def view():
        db.session.execute(text("UPDATE users SET full_name = 'changed'"))
        return {"x": object()}

    assert_problem(broken(view).post("/api/broken"), 500, "internal_server_error")
    with app.app_context():
        assert "changed" not in db.session.scalars(text("SELECT full_name FROM users")).all()


def test_a_commit_that_fails_is_an_error_and_not_a_success(broken, app):
    def view():
        db.session.execute(text("CREATE TEMPORARY TABLE one (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"))
        db.session.execute(text("INSERT INTO one VALUES (1), (1)"))  # found out by COMMIT only
        db.session.execute(text("UPDATE users SET full_name = 'changed'"))
        return {"saved": True}

    assert_problem(broken(view).get("/api/broken"), 500, "internal_server_error")
    with app.app_context():
        assert "changed" not in db.session.scalars(text("SELECT full_name FROM users")).all()


def test_a_database_that_is_away_is_a_503(make_app, sign_in, member):
    client = make_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none").test_client(use_cookies=False)
    client.environ_base.update(sign_in(member).environ_base)

    answer = client.get("/api/status")

    assert_problem(answer, 503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


def test_an_error_text_does_not_quote_what_people_wrote(broken, app):
    def view():
        db.session.execute(text("SELECT CAST(:given AS int)"), {"given": "private words"})

    with pytest.raises(DBAPIError) as failure, app.app_context():
        view()
    assert "[parameters:" not in str(failure.value)
    assert broken(view).get("/api/broken").status_code == 500


def test_a_statement_that_takes_too_long_is_busy_and_not_away(broken):
    def view():
        db.session.execute(text("SET LOCAL statement_timeout = '20ms'"))
        db.session.execute(text("SELECT pg_sleep(5)"))

    assert_problem(broken(view).post("/api/broken"), 503, "database_busy")


@pytest.mark.parametrize("url", ["//api/config", "/api//config", "/api/config//"])
def test_doubled_slashes_lead_nowhere(client, url):
    for host, status in (("localhost", 404), ("evil.example", 400)):
        answer = client.get(url, headers={"Host": host})

        assert answer.status_code == status
        assert "Location" not in answer.headers


def test_nested_messages_become_flat():
    assert flatten({"json": {"tags": {0: ["No."], 2: ["Nor this."]}, "_schema": ["All wrong."], "a": "b"}}) == {
        "tags.0": ["No."],
        "tags.2": ["Nor this."],
        "_": ["All wrong."],
        "a": ["b"],
    }


def test_the_request_id_is_taken_over_when_it_is_one(client):
    assert client.get("/healthz", headers={"X-Request-ID": "abc.DEF-1_2"}).headers["X-Request-ID"] == "abc.DEF-1_2"


@pytest.mark.parametrize("given", ["", "x" * 129, "a b", "a;b", "ä", "<script>"])
def test_another_request_id_is_made_where_it_is_none(client, given):
    made = client.get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]

    assert made != given
    assert len(made) == 32


def test_every_answer_has_safe_headers(client):
    for url in ("/healthz", "/api/nothing", "/api/docs", "/api/config"):
        with client.get(url) as answer:
            headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "script-src 'self';" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"


def test_only_listed_origins_may_read_answers_and_errors(make_app):
    client = make_app(CORS_ORIGINS="https://app.example.org").test_client(use_cookies=False)

    for url in ("/api/config", "/api/status", "/api/nothing"):
        good = client.get(url, headers={"Origin": "https://app.example.org"})
        assert good.headers["Access-Control-Allow-Origin"] == "https://app.example.org"
        assert good.headers["Access-Control-Allow-Credentials"] == "true"
        assert "Access-Control-Allow-Origin" not in client.get(url, headers={"Origin": "https://evil.example"}).headers
    preflight = client.options(
        "/api/status",
        headers={"Origin": "https://app.example.org", "Access-Control-Request-Method": "POST"},
    )
    assert preflight.status_code == 200
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


def test_without_a_list_no_other_origin_may_read(client):
    assert "Access-Control-Allow-Origin" not in client.get("/api/config", headers={"Origin": "https://x.org"}).headers
