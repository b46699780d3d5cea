"""The application in a browser: it comes with its headers, at every address, and starts without a complaint."""

import re

import pytest
import requests
from playwright.sync_api import expect

from asyncops.http.request_context import SECURITY_HEADERS

PAGE = {"Accept": "text/html"}


@pytest.fixture
def start_page(site):
    return requests.get(site, headers=PAGE, timeout=10)


def test_the_start_page_allows_no_inline_script(start_page):
    assert {name: start_page.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    policy = dict(part.split(" ", 1) for part in start_page.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["default-src"] == "'self'"


def test_the_start_page_names_only_files_that_are_there(site, start_page):
    links = re.findall(r'(?:src|href)="([^"]+)"', start_page.text)

    assert len(links) >= 4
    for link in links:
        answer = requests.get(site + link, timeout=10)
        assert answer.status_code == 200, link
        if link.startswith("/assets/"):
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        if link.endswith(".js") and len(answer.content) > 1024:
            assert answer.headers["Content-Encoding"] in {"br", "gzip"}


def test_a_missing_asset_is_no_page(site):
    assert requests.get(f"{site}/assets/gone-0A1b2C3d.js", headers=PAGE, timeout=10).status_code == 404


def test_signing_in_leads_to_where_the_link_pointed(enter, member):
    page = enter()

    page.goto("/incidents?severity=high")
    page.get_by_label("E-mail").fill(member.email)
    page.get_by_label("Password", exact=True).fill("correct-horse-1")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1, name="Incidents")).to_be_visible()
    assert page.url.endswith("/incidents?severity=high")


def test_a_person_who_is_signed_in_goes_to_any_address_at_once(enter, member):
    page = enter(member)

    page.goto("/incidents")

    expect(page.get_by_role("heading", level=1, name="Incidents")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_sign_in_page_is_for_everybody(enter, check, size, theme):
    page = enter(size=size, theme=theme)

    page.goto("/sign-in")

    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    check(page)


def test_an_address_that_is_no_page_says_so(enter, member):
    page = enter(member)

    page.goto("/no/such/page")

    expect(page.get_by_role("heading", name="There is nothing here")).to_be_visible()
