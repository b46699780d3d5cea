"""Forms, menus, dialogs, refusals: what comes over a page is for everybody too, in both themes and on a phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.looking import SIZES, TEXTS, Look
from tests.browser.story import settle, tell


def click(role, name, *, exact=True):
    """The last of them: dialogs come after the page."""
    return lambda page: page.get_by_role(role, name=name, exact=exact).last.click()


def press(*keys):
    return lambda page: [page.keyboard.press(key) for key in keys]


def write(label, text):
    return lambda page: page.get_by_role("textbox", name=label, exact=True).last.fill(text)


def see(role, name):
    return lambda page: expect(page.get_by_role(role, name=name).first).to_be_visible()


def see_text(text):
    return lambda page: expect(page.get_by_text(text).first).to_be_visible()


FORMS = [
    (
        "/updates?new",
        [see("textbox", "What happened"), click("button", "Post update"), see_text("Please fill this in.")],
    ),
    ("/updates/:update?edit", [see("textbox", "What happened")]),
    ("/incidents?new", [see("textbox", "Description"), click("button", "Report incident"), see_text("Please fill")]),
    (
        "/incidents/:incident?edit",
        [
            see("textbox", "Description"),
            lambda page: page.get_by_text("Preview", exact=True).click(),
            see("group", "Table"),
        ],
    ),
    ("/incidents/:incident", [click("button", "Resolve"), see("textbox", "Resolution notes")]),
    ("/blockers?new", [see("textbox", "What it costs"), click("button", "Report blocker"), see_text("Please fill")]),
    ("/blockers/:blocker?edit", [see("textbox", "What it costs")]),
    ("/blockers/:blocker", [click("button", "Resolve"), see("textbox", "Resolution notes")]),
    ("/decisions?new", [see("textbox", "Context"), click("button", "Record decision"), see_text("Please fill")]),
    ("/decisions/:decision?edit", [see("textbox", "Context")]),
    ("/admin/webhooks?new", [click("button", "Add webhook"), see_text("Choose at least one event.")]),
    ("/admin/webhooks/:webhook?edit", [see("textbox", "Address")]),
    ("/admin/people?new", [click("button", "Invite"), see_text("Please give an e-mail address.")]),
]
OVERLAYS = [
    (
        "/updates?new",
        [
            see("textbox", "What happened"),
            write("What happened", "@"),
            press("End"),
            see("listbox", "People to mention"),
        ],
    ),
    ("/incidents", [click("button", "Filters"), see("dialog", "Filters")]),
    (
        "/incidents?severity=high,low&start_date=2026-01-01",
        [click("button", "Filters, 2 active"), see("dialog", "Filters")],
    ),
    ("/incidents/:incident", [click("button", "More actions"), see("menuitem", "Copy link")]),
    (
        "/incidents/:archived",
        [click("button", "More actions"), click("menuitem", "Delete"), see("dialog", "Delete this for good?")],
    ),
    (
        "/decisions/:decision",
        [click("button", "More actions"), click("menuitem", "Delete"), see("dialog", "Delete this for good?")],
    ),
    ("/inbox", [click("checkbox", "Select", exact=False), see_text("1 selected")]),
    ("/incidents/:resolved", [click("button", "More actions"), click("menuitem", "Archive"), see("button", "Undo")]),
    ("/admin/webhooks/:webhook", [click("button", ", delivery", exact=False), see("button", "Send again")]),
    (
        "/admin/webhooks/:webhook",
        [click("button", "More actions"), click("menuitem", "New secret"), see("button", "Copy the secret")],
    ),
    ("/profile", [press("Control+k"), see("button", "Theme: dark")]),
    (
        "/profile",
        [
            press("Control+k"),
            lambda page: page.get_by_placeholder("Search, or type what to do").fill(TEXTS.known),
            see_text("Show all results"),
            lambda page: expect(page.locator("mark").first).to_be_visible(),
        ],
    ),
    ("/incidents", [press("?"), see("dialog", "Keyboard shortcuts")]),
]
MENUS = {
    "desktop": click("button", "Account of", exact=False),
    "phone": click("button", "More", exact=True),
}


@pytest.fixture
def story(api, admin, member, other):
    return tell(api, admin, member, other, TEXTS)


def look_at(states, page, story, *, floating=False):
    look = Look(page, floating=floating)
    for address, steps in states:
        page.goto(story.path(address))
        settle(page)
        for step in steps:
            step(page)
        look(f"{address}, then {len(steps)} steps")
    look.report()


@pytest.mark.timeout(900)
@SIZES
def test_every_form_is_for_everybody(enter, admin, story, size):
    look_at(FORMS, enter(admin, size=size), story)


@pytest.mark.timeout(900)
@SIZES
def test_every_menu_and_dialog_is_for_everybody(enter, admin, story, size):
    menu = [("/summaries", [MENUS[size], see("menuitem", "Keyboard shortcuts")])]

    look_at([*OVERLAYS, *menu], enter(admin, size=size), story, floating=True)


@SIZES
def test_what_goes_wrong_is_said_to_everybody(enter, api, member, story, complaints, size):
    page = enter(member, size=size)
    look = Look(page)
    page.goto(story.path("/incidents/:resolved?edit"))
    settle(page)
    page.get_by_role("textbox", name="Title").fill("Mine")
    api(member).patch(story.path("/incidents/:resolved"), title="Theirs", severity="critical")
    complaints.expect("412 .*/api/incidents")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog", name="Someone changed this meanwhile")).to_be_visible()
    look("412")

    page.goto("/admin/people")
    expect(page.get_by_text("This page is for administrators")).to_be_visible()
    look("403")

    broken = {"status": 500, "json": {"status": 500, "code": "internal", "detail": "It broke.", "request_id": "a-1"}}
    page.route(re.compile("/api/blockers"), lambda route: route.fulfill(**broken))
    complaints.expect("500 .*/api/blockers|ApiError: It broke")
    page.goto("/blockers")
    expect(page.get_by_role("button", name="Try again")).to_be_visible()
    look("500")

    page.goto(story.path("/incidents/:incident"))
    settle(page)
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    page.get_by_role("button", name="Start work").click()
    expect(page.get_by_role("alert").filter(has_text="That did not work")).to_be_visible()
    look("a step that failed")

    look.report()
