"""Nobody is kept out: axe-core finds nothing on any page, and nothing is wider than a phone."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.browser.looking import SIZES, TEXTS, UNBROKEN, Look
from tests.browser.story import OUTSIDE, VISITS, addresses, settle, tell, tour


@pytest.fixture
def story(api, admin, make_user):
    member = make_user(f"Max {UNBROKEN}", email=f"max.{UNBROKEN[:40].lower()}@example.org")
    return tell(api, admin, member, make_user("Olga Other", email="olga@example.org"), TEXTS)


def test_no_page_of_the_application_is_forgotten_here():
    assert sorted(addresses()) == sorted([*VISITS, *OUTSIDE])


@pytest.mark.timeout(900)
@SIZES
def test_every_page_is_for_everybody(enter, admin, story, complaints, size):
    look = Look(enter(admin, size=size))
    complaints.expect(r"404 .*/api/incidents/999999|ApiError: Incident not found")
    complaints.expect(rf"404 .*/api/decisions/{story.ids['gone']}")

    for address in tour(look.page, story, VISITS):
        look(address)

    look.report()


@SIZES
def test_every_page_outside_is_for_everybody(enter, size):
    look = Look(enter(size=size))

    for address in tour(look.page, None, OUTSIDE):
        look(address)
        with suppress(IndexError):
            button = look.page.get_by_role("button", name=re.compile("^(Sign in|Register|Send me|Set the)")).all()[0]
            button.click()
            look(f"{address}, sent empty")

    look.report()


@SIZES
def test_an_empty_workspace_is_for_everybody(enter, admin, size):
    look = Look(enter(admin, size=size))

    for address, shows in {
        "/": "This is where your team",
        "/updates": "No updates yet",
        "/incidents": "No incidents",
        "/incidents?archived=true": "Nothing is archived",
        "/blockers?search=nothing": "Nothing matches",
        "/decisions": "No decisions",
        "/summaries": "No summary yet",
        "/search": "Search everything the team wrote",
        "/search?q=nothing": "Nothing answers “nothing”",
        "/inbox": "Nothing new",
        "/admin/webhooks": "No webhooks",
    }.items():
        look.page.goto(address)
        settle(look.page)
        expect(look.page.get_by_text(shows).first).to_be_visible()
        look(address)

    look.report()
