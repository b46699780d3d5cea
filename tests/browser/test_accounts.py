"""Getting in, staying in, being shown out; and what is one's own to choose."""

import re

from playwright.sync_api import expect

from tests.waiting import eventually

PASSWORD = "correct-horse-1"
NEW_PASSWORD = "battery-staple-2"


def heading(page, name):
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()


def said(page, text):
    expect(page.get_by_role("alert").filter(has_text=text)).to_be_visible()


def sign_in(page, email, password=PASSWORD):
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def account(page, item):
    page.get_by_role("button", name=re.compile("^Account of ")).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


def test_a_forgotten_password_is_set_anew_by_mail(enter, member, letter, complaints):
    page = enter()
    page.goto("/sign-in")
    sign_in(page, member.email, "not-my-password-1")
    complaints.expect("401 .*/api/auth/login")
    expect(page.get_by_role("alert")).to_contain_text("Incorrect email or password")
    page.get_by_role("link", name="Forgotten your password?").click()
    heading(page, "Set a new password")
    page.get_by_label("E-mail").fill(member.email)
    page.get_by_role("button", name="Send me the link").click()
    heading(page, "Look into your mail")

    page.goto(re.search(r"http\S+/reset-password#\S+", letter(member.email))[0])
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Too short: 3 more characters.")).to_be_visible()
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_text("Your new password is set. Sign in with it.")).to_be_visible()
    sign_in(page, member.email, NEW_PASSWORD)
    heading(page, re.compile("Max"))


def test_a_session_that_ended_is_taken_up_where_it_was(enter, member, complaints):
    page = enter(member)
    complaints.expect("401 .*/api/")
    page.goto("/updates?new")
    page.get_by_role("textbox", name="Title").fill("Half written")
    page.get_by_role("textbox", name="What happened").fill("To be sent.")
    page.context.clear_cookies()
    page.get_by_role("form").get_by_role("button", name="Post update").click()

    expect(page.get_by_text("You were signed out; sign in and you are back where you were.")).to_be_visible()
    sign_in(page, member.email)
    heading(page, "Updates")
    expect(page.get_by_role("textbox", name="What happened")).to_have_value("To be sent.")
    expect(page.get_by_role("textbox", name="Title")).to_have_value("Half written")

    account(page, "Sign out")
    heading(page, "Sign in")
    page.goto("/incidents")
    heading(page, "Sign in")


def test_a_profile_and_a_password_are_one_s_own(enter, member, complaints):
    page = enter(member)
    page.goto("/profile")
    about = page.get_by_role("region", name="About you")
    about.get_by_label("Name").fill("Maxine Member")
    about.get_by_role("button", name="Use Europe/Berlin, as this browser does").click()
    about.get_by_role("button", name="Save").click()
    said(page, "Your profile is saved")
    expect(page.get_by_role("button", name="Account of Maxine Member")).to_be_visible()
    page.reload()
    expect(about.get_by_label("Time zone").first).to_have_value("Europe/Berlin")
    expect(about.get_by_label("Name")).to_have_value("Maxine Member")

    secret = page.get_by_role("region", name="Password")
    secret.get_by_label("Current password", exact=True).fill("not-my-password-1")
    secret.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    secret.get_by_role("button", name="Change password").click()
    expect(secret.get_by_text("Current password is incorrect")).to_be_visible()
    complaints.expect("400 .*/api/users/me/change-password")
    secret.get_by_label("Current password", exact=True).fill(PASSWORD)
    secret.get_by_role("button", name="Change password").click()
    said(page, "The password is changed")

    page.get_by_text("Dark", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
    account(page, "Sign out")
    heading(page, "Sign in")
    sign_in(page, member.email, NEW_PASSWORD)
    heading(page, re.compile("Maxine"))
    expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")


def test_one_chooses_what_one_is_told_of(enter, api, member, letter):
    page = enter(member)
    page.goto("/notifications")
    mention = page.get_by_role("checkbox", name="Somebody mentions me: E-mail")
    quiet = page.get_by_role("switch", name="Quiet hours")
    expect(mention).to_be_checked()
    expect(page.get_by_role("checkbox", name="Something about my account changes: E-mail")).to_be_disabled()
    mention.click()
    expect(mention).not_to_be_checked()
    quiet.click()
    begin = page.get_by_label("From")
    begin.fill("21:30")
    begin.press("Enter")
    person = api(member)
    eventually(
        lambda: person.get("/notifications/preferences")["quiet_hours"] == {"start": "21:30", "end": "07:00"},
        "the quiet hours on the server",
    )

    page.reload()

    expect(mention).not_to_be_checked()
    expect(quiet).to_be_checked()
    expect(begin).to_have_value("21:30")
    page.get_by_role("button", name="Send me a test").click()
    said(page, "The test is on its way to your inbox and your mail")
    assert "test" in letter(member.email)
    eventually(lambda: person.get("/notifications")["unread_count"], "the test in the inbox")


def test_an_invited_person_comes_rises_and_goes(enter, api, admin, complaints):
    page = enter(admin)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/admin/people?new")
    form = page.get_by_role("dialog", name="Invite somebody")
    form.get_by_label("E-mail").fill("nora@example.org")
    form.get_by_role("button", name="Invite").click()
    said(page, "nora@example.org is invited")
    page.get_by_role("button", name="Copy link for nora@example.org").click()
    said(page, "The link is copied")
    link = page.evaluate("() => navigator.clipboard.readText()")
    assert [one["link"] for one in api(admin).get("/users/invitations")["items"]] == [link]

    guest = enter()
    guest.goto(link)
    expect(guest.get_by_text("You are invited.")).to_be_visible()
    guest.get_by_label("Your name").fill("Nora New")
    guest.get_by_label("E-mail").fill("nora@example.org")
    guest.get_by_label("Password", exact=True).fill(PASSWORD)
    guest.get_by_role("button", name="Register").click()
    heading(guest, re.compile("Nora"))
    guest.goto("/admin/people")
    expect(guest.get_by_text("This page is for administrators")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Nobody has an open invitation.")).to_be_visible()
    page.get_by_role("combobox", name="Role of Nora New").select_option("Administrator")
    said(page, "Nora New is now: Administrator")
    guest.reload()
    heading(guest, "People")
    expect(guest.get_by_text("Nobody has an open invitation.")).to_be_visible()

    page.get_by_role("switch", name="Nora New may sign in").click()
    said(page, "Nora New is signed out")
    guest.get_by_role("link", name="Incidents").click()
    heading(guest, "Sign in")
    complaints.expect("403 .*/api/|User account is inactive")
    sign_in(guest, "nora@example.org")
    expect(guest.get_by_role("alert")).to_contain_text("Your account is deactivated.")


def test_a_webhook_shows_its_secret_once_and_what_it_sent(enter, api, admin):
    page = enter(admin)
    page.goto("/admin/webhooks")
    page.get_by_role("button", name="Add webhook").first.click()
    form = page.get_by_role("dialog", name="Add a webhook")
    form.get_by_label("Address").fill("https://localhost/hook")
    form.get_by_label("Description").fill("The status page")
    form.get_by_label("Events").first.fill("incident rep")
    page.get_by_role("option", name="Incident reported").click()
    form.get_by_label("Description").click()  # which closes the list of events
    form.get_by_role("button", name="Add webhook").click()
    shown = page.get_by_role("dialog", name="The secret, shown only now")
    expect(shown).to_contain_text("whsec_")
    page.keyboard.press("Escape")
    shown.get_by_role("button", name="I have kept it").click()
    heading(page, "The status page")
    expect(page.get_by_text("Nothing was sent yet.")).to_be_visible()

    boss = api(admin)
    webhook = page.url.rpartition("/")[2]
    boss.post("/incidents", title="Checkout errors", description="One in nine.")
    eventually(lambda: boss.get(f"/webhooks/{webhook}/deliveries")["items"], "the delivery")
    page.reload()
    page.get_by_role("button", name=re.compile(r", delivery \d+$")).click()
    message = page.get_by_role("dialog", name="Message")
    expect(message).to_contain_text("incident.created")
    expect(page.locator("body")).not_to_contain_text("whsec_")
    page.keyboard.press("Escape")

    page.get_by_role("switch", name="Active").click()
    expect(page.get_by_text("Switched off")).to_be_visible()
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("No webhooks")).to_be_visible()
