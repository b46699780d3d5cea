"""The built web application is served beside the API, without touching the database."""

import gzip
import os
from pathlib import Path

import pytest
from werkzeug.test import Client

from asyncops.http import spa
from asyncops.http.https_only import Front
from asyncops.http.request_context import CONTENT_SECURITY_POLICY, SECURITY_HEADERS

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
START_PAGE = b"<!doctype html><title>AsyncOps</title>"
SCRIPT = "assets/index-B1x2y3z4.js"
CODE = b"console.log(1)\n" * 100


def build(folder: Path) -> Path:
    files = {
        "index.html": START_PAGE,
        "early.js": b"light()",
        SCRIPT: CODE,
        f"{SCRIPT}.gz": gzip.compress(CODE),
        f"{SCRIPT}.br": b"as if by brotli",
        ".vite/manifest.json": b"{}",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture(params=[True, False], ids=["development", "production"])
def serve(make_app, request):
    """A client of the application with the build in that folder. The database is away: no file may need it."""
    application = make_app(DATABASE_URL="postgresql+psycopg://nobody@127.0.0.1:1/none").wsgi_app.application
    anybody = Front(hosts=(), local_too=True, wants_tls=False, says_hsts=False)

    def serve(folder: Path) -> Client:
        return Client(spa.site(application, folder, anybody, may_change=request.param))

    return serve


@pytest.fixture
def browser(serve, tmp_path):
    return serve(build(tmp_path))


@pytest.mark.parametrize("path", ["/", "/incidents/12", "/admin/people", "/apiary", "/no/such.page"])
def test_the_start_page_answers_every_address_of_a_page(browser, path):
    with browser.get(path, headers=BROWSER) as answer:
        assert (answer.status_code, answer.data) == (200, START_PAGE)
        assert answer.headers["Content-Type"] == 'text/html; charset="utf-8"'
        assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["/api/nothing", "/api", "/assets/gone-A1.js", "/assets", "/admin/jobs/x"])
def test_what_is_no_page_never_is_the_start_page(browser, path):
    with browser.get(path, headers=BROWSER) as answer:
        assert answer.status_code in {401, 404}
        assert answer.content_type == "application/problem+json"


def test_probes_are_not_taken_for_pages(browser):
    with browser.get("/healthz", headers=BROWSER) as answer:
        assert answer.json == {"status": "ok"}
    with browser.get("/metrics", headers=BROWSER) as answer:
        assert b"asyncops_" in answer.data


def test_a_program_that_mistypes_an_address_hears_of_it(browser):
    with browser.get("/incidents", headers={"Accept": "*/*"}) as answer:
        assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_only_reading_is_answered(browser):
    for method in ("POST", "PUT", "DELETE"):
        with browser.open("/", method=method, headers=BROWSER) as answer:
            assert (answer.status_code, answer.content_type) == (405, "application/problem+json")
    with browser.head("/incidents", headers=BROWSER) as answer:
        assert (answer.status_code, answer.data) == (200, b"")


def test_hashed_files_are_kept_for_a_year_and_others_asked_for_again(browser):
    with browser.get(f"/{SCRIPT}") as script, browser.get("/early.js") as theme:
        assert script.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert script.data == CODE
        assert theme.headers["Cache-Control"] == "max-age=3600, public"


@pytest.mark.parametrize(
    ("accepted", "encoding"), [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("identity", None), ("", None)]
)
def test_the_smallest_form_that_the_browser_reads_is_sent(browser, accepted, encoding):
    with browser.get(f"/{SCRIPT}", headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Content-Type"] == 'text/javascript; charset="utf-8"'
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert int(answer.headers["Content-Length"]) == len(answer.data)


def test_files_bear_the_same_safe_headers_as_answers(browser):
    for path in ("/", "/incidents", f"/{SCRIPT}", "/early.js"):
        with browser.get(path, headers=BROWSER) as answer:
            assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert "script-src 'self';" in CONTENT_SECURITY_POLICY


def test_a_new_build_is_noticed_although_time_and_size_are_the_same(serve, tmp_path):
    folder = build(tmp_path)
    os.utime(folder / "index.html", (1_700_000_000, 1_700_000_000))
    with serve(folder).get("/", headers=BROWSER) as answer:
        tag = answer.headers["ETag"]
    with serve(folder).get("/", headers={**BROWSER, "If-None-Match": tag}) as answer:
        assert answer.status_code == 304

    (folder / "index.html").write_bytes(START_PAGE.replace(b"Ops", b"ops"))
    os.utime(folder / "index.html", (1_700_000_000, 1_700_000_000))

    with serve(folder).get("/", headers={**BROWSER, "If-None-Match": tag}) as answer:
        assert (answer.status_code, answer.data) == (200, START_PAGE.replace(b"Ops", b"ops"))


@pytest.mark.parametrize("path", ["/.vite/manifest.json", "/../secrets", "//etc/passwd", "/assets/../../x", "/%00"])
def test_nothing_else_can_be_read(browser, tmp_path, path):
    (tmp_path.parent / "secrets").write_text("secret")

    with browser.get(path) as answer:
        assert (answer.status_code, answer.content_type) == (404, "application/problem+json")


def test_without_a_build_the_start_page_says_how_to_make_one(serve, tmp_path):
    with serve(tmp_path / "none").get("/", headers=BROWSER) as answer:
        assert answer.status_code == 200
        assert answer.content_type == "text/plain; charset=utf-8"
        assert "make build" in answer.text
