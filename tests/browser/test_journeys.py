"""What people come for, from the first click to the last, with the worker at work."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.story import settle
from tests.waiting import eventually


def heading(page, name):
    """The page has come: its one h1."""
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def write(place, **texts):
    """Fill in fields by their label; underscores are spaces."""
    for label, text in texts.items():
        place.get_by_role("textbox", name=label.replace("_", " "), exact=True).fill(text)


def menu(page, item, of="More actions"):
    page.get_by_role("button", name=of, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def said(page, text):
    expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()


@pytest.fixture
def incident(api, member):
    return api(member).post("/incidents", title="Checkout errors", description="Since **noon**.", severity="high")


def test_a_newcomer_posts_and_the_person_mentioned_reads_it(enter, api, other):
    page = enter()
    page.goto("/register")
    write(page, Your_name="Nora New")
    page.get_by_label("E-mail").fill("nora@example.org")
    page.get_by_label("Password", exact=True).fill("correct-horse-1")
    page.get_by_role("button", name="Register").click()

    heading(page, re.compile(r"^(Good (morning|afternoon|evening)|Hello), Nora\."))
    steps = page.get_by_role("region", name="Two steps to begin with")
    expect(steps.get_by_role("listitem")).to_have_text(["Post your first update", "Set your time zone"])
    steps.get_by_role("button", name="Post your first update").click()
    form = page.get_by_role("form", name="New update")
    write(form, Title="The importer is shipped")
    text = form.get_by_role("textbox", name="What happened")
    text.press_sequentially("Thanks @ol")
    people = page.get_by_role("listbox", name="People to mention")
    expect(people.get_by_role("option")).to_have_text([re.compile("Olga Other")])
    text.press("Enter")
    text.press_sequentially("it runs.")

    page.reload()

    expect(text).to_have_value("Thanks @olga it runs.")
    expect(form.get_by_role("textbox", name="Title")).to_have_value("The importer is shipped")
    text.press("Control+Enter")
    said(page, "Your update is posted")
    expect(page.get_by_role("region", name="Said lately")).to_contain_text("The importer is shipped")
    expect(steps).to_be_hidden()  # the browser has told the time zone

    olga = api(other)
    eventually(lambda: olga.get("/notifications")["unread_count"], "the mention in the inbox")
    reader = enter(other, size="phone")
    reader.goto("/incidents")
    expect(reader).to_have_title("(1) Incidents · AsyncOps")
    reader.get_by_role("link", name="Inbox").click()
    reader.get_by_role("link", name="The importer is shipped (unread)").click()
    heading(reader, "The importer is shipped")
    expect(reader.locator("strong", has_text="@olga")).to_have_attribute("title", "Olga Other")
    expect(reader).to_have_title(re.compile("^UPD-"))
    reader.get_by_role("link", name="Inbox").click()
    expect(reader.get_by_text("Nothing new")).to_be_visible()
    assert olga.get("/notifications")["unread_count"] == 0


def test_an_incident_from_report_to_archive(enter, member):
    page = enter(member)
    page.goto("/incidents")
    expect(page.get_by_text("No incidents", exact=True)).to_be_visible()
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="Report an incident")
    write(form, Title="Checkout errors", Description="One order in nine.")
    form.get_by_text("High", exact=True).click()
    form.get_by_role("button", name="Report incident").click()
    heading(page, "Checkout errors")

    page.keyboard.press("a")
    facts = page.get_by_role("complementary", name="Facts")
    expect(facts.get_by_label("Assignee").first).to_have_value("Max Member")
    expect(facts.get_by_role("button", name="Assign to me")).to_be_hidden()

    steps = page.get_by_role("region", name="Status")
    here = steps.locator("[aria-current=step]")
    steps.get_by_role("button", name="Start work").click()
    expect(here).to_have_text(re.compile("In progress"))

    page.get_by_role("button", name="Report a blocker for this").click()
    form = page.get_by_role("dialog", name="Report a blocker")
    expect(form.get_by_label("Linked incident").first).to_have_value(re.compile("Checkout errors"))
    write(form, What_is_waiting="No access to the logs", What_it_costs="Nobody sees why")
    form.get_by_role("button", name="Report blocker").click()
    expect(page.get_by_role("list", name="Blockers").get_by_role("link", name="No access to the logs")).to_be_visible()

    steps.get_by_role("button", name="Resolve", exact=True).click()
    write(steps, Resolution_notes="A full disk; **more** of it now.")
    steps.get_by_role("button", name="Resolve with these notes").click()
    expect(here).to_have_text(re.compile("Resolved"))
    expect(page.get_by_role("region", name="Resolution notes")).to_contain_text("A full disk; more of it now.")
    steps.get_by_role("button", name="Close", exact=True).click()
    expect(here).to_have_text(re.compile("Closed"))

    menu(page, "Archive")
    banner = page.get_by_text("Archived: nothing here can be changed.")
    expect(banner).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(banner).to_be_hidden()
    expect(steps.get_by_role("button", name="Take up again")).to_be_visible()
    menu(page, "Archive")
    expect(banner).to_be_visible()

    page.get_by_role("article").get_by_role("link", name="Incidents").click()
    expect(page.get_by_text("No incidents", exact=True)).to_be_visible()
    page.get_by_role("link", name="View archived").click()
    page.get_by_role("link", name="Checkout errors").click()
    expect(page.get_by_role("button", name="Edit")).to_be_hidden()
    page.get_by_role("button", name="Unarchive").click()
    expect(banner).to_be_hidden()
    acts = page.get_by_role("region", name="Timeline").get_by_role("listitem")
    expect(acts.first).to_contain_text("Max Member took this incident out of the archive")
    expect(acts.last).to_contain_text("Max Member reported this incident")


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(enter, api, member, other, incident, complaints):
    page = enter(member)
    page.goto(f"/incidents/{incident['id']}?edit")
    write(page, Title="Checkout is slow")
    settle(page)
    api(other).patch(f"/incidents/{incident['id']}", title="Checkout is down", description="Since eleven.")
    complaints.expect(rf"412 .*/api/incidents/{incident['id']}")
    page.get_by_role("button", name="Save", exact=True).click()

    choice = page.get_by_role("dialog", name="Someone changed this meanwhile")
    expect(choice.get_by_role("radio", name="Title: Mine")).to_be_checked()
    expect(choice.get_by_role("radio", name="Title: Theirs")).to_contain_text("Checkout is down")
    expect(choice.get_by_role("radio", name="Description: Theirs")).to_be_checked()
    choice.get_by_role("button", name="Save this").click()

    heading(page, "Checkout is slow")
    expect(page.get_by_role("region", name="Description")).to_have_text(re.compile(r"Since eleven\."))


def test_a_blocker_is_resolved_and_comes_back(enter, member):
    page = enter(member)
    page.goto("/blockers?new")
    form = page.get_by_role("dialog", name="Report a blocker")
    write(form, What_is_waiting="No staging access", What_it_costs="The **release** waits")
    form.get_by_role("button", name="Report blocker").click()
    page.get_by_role("list", name="Blockers").get_by_role("link", name="No staging access").click()
    heading(page, "No staging access")

    state = page.get_by_role("region", name="How long already")
    state.get_by_role("button", name="Resolve", exact=True).click()
    write(state, Resolution_notes="The key came.")
    state.get_by_role("button", name="Resolve with these notes").click()
    expect(state).to_contain_text("Waited for")
    expect(page.get_by_role("region", name="Resolution notes")).to_contain_text("The key came.")

    menu(page, "Reopen")
    said(page, "Reopened")
    expect(state.get_by_role("button", name="Resolve", exact=True)).to_be_visible()
    expect(page.get_by_role("region", name="History").get_by_role("listitem").first).to_contain_text("reopened")


def test_a_decision_keeps_its_history(enter, member, other, complaints):
    page = enter(member)
    page.goto("/decisions")
    heading(page, "Decisions")
    page.keyboard.press("c")
    form = page.get_by_role("dialog", name="Record a decision")
    write(form, Title="Queue", Outcome="We take Valkey.", Context="One must be chosen.", Description="It is free.")
    form.get_by_role("combobox", name="Participants").or_(form.get_by_label("Participants")).first.fill("Olga")
    page.get_by_role("option", name="Olga Other").click()
    form.get_by_role("button", name="Record decision").click()
    page.get_by_role("list", name="Decisions").get_by_role("link", name="Queue").click()
    heading(page, "Queue")
    expect(page.get_by_role("complementary", name="Facts")).to_contain_text("Olga Other")

    page.get_by_role("button", name="Edit", exact=True).click()
    write(page, Outcome="We take Postgres.")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("region", name="Outcome")).to_contain_text("We take Postgres.")

    page.get_by_role("button", name="History", exact=True).click()
    expect(page.get_by_role("group", name="Outcome before")).to_contain_text("We take Valkey.")
    expect(page.get_by_role("group", name="Outcome after")).to_contain_text("We take Postgres.")
    expect(page.get_by_role("group", name="Outcome after").get_by_role("insertion")).to_have_text("Postgres")

    complaints.expect(r"404 .*/api/decisions/\d+")
    menu(page, "Delete")
    page.get_by_role("dialog", name="Delete this for good?").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("This decision was deleted.")).to_be_visible()
    expect(page.get_by_role("group", name="Outcome before")).to_contain_text("We take Valkey.")
    expect(page.get_by_text("Max Member deleted this decision")).to_be_visible()


def test_a_summary_is_written_read_and_copied(enter, api, admin, other, incident):
    today = datetime.now(UTC).date()
    yesterday = today - timedelta(days=1)
    api(admin).post(f"/summaries/generate?summary_date={yesterday}")
    page = enter(admin)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/summaries")
    page.get_by_role("button", name=re.compile("^Write today.s summary")).click()
    heading(page, f"{today:%a} {today.day} {today:%b %Y}")
    expect(page.get_by_role("link", name="Checkout errors").first).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text(re.compile("No update from.*Olga Other"))

    expect(page.get_by_role("button", name="Previous day")).to_be_enabled()
    page.keyboard.press("ArrowLeft")
    heading(page, f"{yesterday:%a} {yesterday.day} {yesterday:%b %Y}")
    expect(page.get_by_role("button", name="Next day")).to_be_enabled()
    page.keyboard.press("ArrowRight")
    heading(page, f"{today:%a} {today.day} {today:%b %Y}")

    page.get_by_role("button", name="Copy as Markdown").click()
    said(page, "The summary is copied as Markdown")
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("# ")
    assert "Checkout errors" in copied


def test_a_search_marks_what_it_found(enter, api, member, incident):
    api(member).post("/status", title="Errors are gone", content="The checkout works.", tags=[])
    page = enter(member)
    page.goto("/search")
    page.get_by_role("searchbox", name="Search everything").fill("checkout err")

    found = page.get_by_role("region", name="Incidents")
    expect(found.locator("mark").first).to_have_text(re.compile("checkout", re.IGNORECASE))
    expect(page.get_by_role("region", name="Updates").get_by_role("link", name="Errors are gone")).to_be_visible()
    page.get_by_role("radiogroup", name="Types").get_by_text("Incidents", exact=True).click()
    expect(page.get_by_role("region", name="Updates")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"q=checkout(\+|%20)err&type=incident"))
    page.get_by_role("radiogroup", name="Types").get_by_text("All", exact=True).click()
    expect(page.get_by_role("region", name="Updates")).to_be_visible()
    found.get_by_role("link", name="Checkout errors").click()
    heading(page, "Checkout errors")


def test_ctrl_k_leads_to_records_and_to_what_can_be_done(enter, member, incident):
    page = enter(member)
    page.goto("/profile")
    heading(page, "Profile")

    page.keyboard.press("Control+k")
    box = page.get_by_role("textbox", name="Search everything, or choose what to do").or_(
        page.get_by_role("searchbox", name="Search everything, or choose what to do")
    )
    box.fill("checkout")
    page.get_by_role("button", name="Checkout errors").click()
    heading(page, "Checkout errors")

    page.keyboard.press("Control+k")
    expect(page.get_by_role("button", name=re.compile("^INC-.* Checkout errors"))).to_be_visible()
    box.fill("record a dec")
    expect(page.get_by_role("button", name="Record a decision")).to_be_visible()
    box.press("ArrowDown")
    page.get_by_role("button", name="Record a decision").click()
    expect(page.get_by_role("dialog", name="Record a decision")).to_be_visible()
    page.keyboard.press("Escape")

    page.keyboard.press("Control+k")
    box.fill("checkout")
    page.get_by_role("button", name="Show all results for “checkout”").click()
    heading(page, "Search")
    expect(page.get_by_role("region", name="Incidents").locator("mark").first).to_be_visible()


def test_the_keyboard_is_enough_and_can_be_switched_off(enter, api, member, incident):
    api(member).post("/incidents", title="Mail is late", description="By hours.", severity="low")
    page = enter(member)
    page.goto("/")
    page.wait_for_function("() => document.querySelector('h1')")
    page.keyboard.press("g")
    page.keyboard.press("i")
    heading(page, "Incidents")
    rows = page.get_by_role("list", name="Incidents").get_by_role("link")
    expect(rows).to_have_count(2)
    page.keyboard.press("j")
    expect(rows.first).to_be_focused()
    page.keyboard.press("j")
    expect(rows.last).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    heading(page, "Checkout errors")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()

    page.goto("/profile")
    page.get_by_role("switch", name="Keyboard shortcuts").click()
    page.goto(f"/incidents/{incident['id']}")
    heading(page, "Checkout errors")
    for key in ("g", "i", "?", "e"):
        page.keyboard.press(key)
    # The palette is no single key: once it is there, the others would have done their work too.
    page.keyboard.press("Control+k")
    expect(page.get_by_placeholder("Search, or type what to do")).to_be_visible()
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_hidden()
    assert page.url.endswith(f"/incidents/{incident['id']}")


def test_what_the_network_swallows_is_not_lost(enter, api, member, incident, complaints):
    page = enter(member)
    page.goto("/updates?new")
    write(page, Title="Shipped")
    write(page, What_happened="It works.")
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    page.context.set_offline(True)
    form = page.get_by_role("form", name="New update")
    form.get_by_role("button", name="Post update").click()

    expect(page.get_by_role("alert")).to_contain_text(re.compile("The server can.t be reached"))
    text = page.get_by_role("textbox", name="What happened")
    expect(text).to_have_value("It works.")
    page.context.set_offline(False)
    form.get_by_role("button", name="Post update").click()
    said(page, "Your update is posted")
    expect(page.get_by_role("list", name="Updates")).to_contain_text("It works.")
    assert [one["title"] for one in api(member).get("/status")["items"]] == ["Shipped"]

    page.goto(f"/incidents/{incident['id']}")
    steps = page.get_by_role("region", name="Status")
    expect(steps.get_by_role("button", name="Start work")).to_be_visible()
    page.context.set_offline(True)
    steps.get_by_role("button", name="Start work").click()
    said(page, re.compile("The server can.t be reached"))
    expect(steps.locator("[aria-current=step]")).to_have_text(re.compile("Open"))
    page.context.set_offline(False)


def test_a_phone_is_enough(enter, member):
    page = enter(member, size="phone")
    page.goto("/")
    page.get_by_role("button", name="What are you working on?").tap()
    write(page, Title="On the train")
    write(page, What_happened="Reading.")
    page.get_by_role("form", name="New update").get_by_role("button", name="Post update").tap()
    said(page, "Your update is posted")

    bar = page.get_by_role("navigation", name="Main")
    bar.get_by_role("link", name="Incidents").tap()
    page.get_by_role("button", name="Report incident").first.tap()
    form = page.get_by_role("dialog", name="Report an incident")
    write(form, Title="Checkout errors", Description="One in nine.")
    form.get_by_role("button", name="Report incident").tap()
    heading(page, "Checkout errors")
    page.get_by_role("button", name="Start work").tap()
    expect(page.locator("[aria-current=step]")).to_have_text(re.compile("In progress"))

    bar.get_by_role("button", name="More").tap()
    page.get_by_role("menuitem", name="Decisions").tap()
    heading(page, "Decisions")
    page.get_by_role("button", name="Filters").tap()
    expect(page.get_by_role("dialog", name="Filters")).to_be_visible()
