"""A team whose records reach every part of every page, and the way to each page; its texts are the test's to choose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

ROUTER = Path(__file__).parents[2] / "frontend/src/app/router.tsx"
TOKEN = "#token=not-a-real-one"

READY = """() => {
  const waiting = '.mantine-Skeleton-root, [role="status"][aria-label="Loading"], [aria-busy="true"]'
  const moving = document.getAnimations().some((animation) => animation.playState === 'running')
  return document.fonts.status === 'loaded' && !moving && !document.querySelector(waiting)
}"""


@dataclass(frozen=True)
class Texts:
    """What people wrote: a line, Markdown, a word for tags; and the names they gave themselves."""

    line: str
    markdown: str
    tag: str
    known: str
    """What is found in the line, and found again by a search."""


@dataclass
class Story:
    texts: Texts
    ids: dict[str, int] = field(default_factory=dict)

    def path(self, template: str) -> str:
        """`/incidents/:incident` with that record's id."""
        return re.sub(r":(\w+)", lambda found: str(self.ids[found[1]]), template)


def tell(api: Callable[[Any], Any], admin: Any, member: Any, other: Any, texts: Texts) -> Story:
    """Everybody says the same; what differs is what became of it."""
    boss, max_, olga = api(admin), api(member), api(other)
    line, text, tags = texts.line, texts.markdown, [texts.tag, "shipping"]
    short = text[:900]  # some fields take no more than 1,000
    story = Story(texts)
    ids = story.ids

    def made(name: str, record: dict[str, Any]) -> int:
        ids[name] = record["id"]
        return ids[name]

    made("webhook", boss.post("/webhooks", url="https://localhost/hook?of=<team>", description=line, events=["*"]))
    boss.post("/users/invitations", email="new.colleague@example.org", role="member")
    update = made("update", boss.post("/status", title=line, content=text, tags=tags))
    olga.post("/status", title=line, content=f"{text}\n\nWith @{admin.email.partition('@')[0]}.", tags=tags)
    incident = made(
        "incident",
        olga.post("/incidents", title=line, description=text, severity="critical", assigned_to_id=admin.id),
    )
    max_.patch(f"/incidents/{incident}", severity="high")
    for name, severity in (("resolved", "low"), ("archived", "medium")):
        one = made(name, max_.post("/incidents", title=line, description=text, severity=severity))
        max_.patch(f"/incidents/{one}/status", status="resolved", resolution_notes=text)
    max_.patch(f"/incidents/{ids['archived']}/archive")
    body = f"{line}\n\n{text}"[:2000]
    blocker = made(
        "blocker",
        max_.post("/blockers", description=body, impact=short, related_incident_id=incident, related_status_id=update),
    )
    boss.post("/blockers", description=body, impact=short)
    for name in ("freed", "shelved"):
        one = made(name, max_.post("/blockers", description=body, impact=short))
        boss.patch(f"/blockers/{one}/resolve", resolution_notes=short)
    max_.patch(f"/blockers/{ids['shelved']}/archive")
    boss.patch(f"/blockers/{blocker}", impact=f"{short}\n\nAnd the trust of those who wait.")
    decided = {
        "title": line,
        "description": text,
        "context": text,
        "outcome": body,
        "decision_date": datetime.now(UTC).date().isoformat(),
        "participant_ids": [member.id, other.id],
        "tags": tags,
    }
    decision = made("decision", boss.post("/decisions", **decided))
    boss.patch(f"/decisions/{decision}", outcome=text, participant_ids=[member.id, admin.id], tags=[texts.tag])
    boss.delete(f"/decisions/{made('gone', boss.post('/decisions', **decided))}")
    for back in (1, 0):
        day = (datetime.now(UTC) - timedelta(days=back)).date()
        made("summary", boss.post(f"/summaries/generate?summary_date={day}"))
    return story


@dataclass(frozen=True)
class Visit:
    """One way to a page, and what shows that it has come with its data."""

    to: str
    shows: str | None = None
    """Text in it; None: the line that everybody wrote."""
    markdown: bool = False
    """Whether it shows Markdown, whose part of the application comes later."""


MARKDOWN = True
VISITS: dict[str, list[Visit]] = {
    "/": [Visit("/")],
    "/updates": [Visit("/updates", markdown=MARKDOWN)],
    "/updates/:id": [Visit("/updates/:update", markdown=MARKDOWN)],
    "/incidents": [Visit("/incidents"), Visit("/incidents?archived=true&severity=low,medium")],
    "/incidents/:id": [
        Visit("/incidents/:incident", markdown=MARKDOWN),
        Visit("/incidents/:resolved", markdown=MARKDOWN),
        Visit("/incidents/:archived", markdown=MARKDOWN),
    ],
    "/blockers": [Visit("/blockers"), Visit("/blockers?archived=true&start_date=2026-01-01")],
    "/blockers/:id": [
        Visit("/blockers/:blocker", markdown=MARKDOWN),
        Visit("/blockers/:freed", markdown=MARKDOWN),
        Visit("/blockers/:shelved", markdown=MARKDOWN),
    ],
    "/decisions": [Visit("/decisions")],
    "/decisions/:id": [
        Visit("/decisions/:decision", markdown=MARKDOWN),
        Visit("/decisions/:decision?history"),
        Visit("/decisions/:gone"),
    ],
    "/summaries": [Visit("/summaries", "open incidents")],
    "/summaries/:id": [Visit("/summaries/:summary")],
    "/search": [Visit("/search?q=:known"), Visit("/search?q=:known&type=incident")],
    "/inbox": [Visit("/inbox?show=all")],
    "/profile": [Visit("/profile", "Time zone")],
    "/notifications": [Visit("/notifications", "Somebody mentions me")],
    "/admin/people": [Visit("/admin/people", "new.colleague@example.org")],
    "/admin/webhooks": [Visit("/admin/webhooks")],
    "/admin/webhooks/:id": [Visit("/admin/webhooks/:webhook")],
    "/admin/activity": [Visit("/admin/activity")],
    "*": [Visit("/no/such/page", "There is nothing here"), Visit("/incidents/999999", "There is nothing here")],
}
"""For somebody who is signed in."""

OUTSIDE: dict[str, list[Visit]] = {
    "/sign-in": [Visit("/sign-in?expired=1", "You were signed out")],
    "/register": [Visit("/register", "Your name"), Visit(f"/register{TOKEN}", "You are invited")],
    "/forgot-password": [Visit("/forgot-password", "Send me the link")],
    "/reset-password": [
        Visit("/reset-password", "This link is not complete"),
        Visit(f"/reset-password{TOKEN}", "New password"),
    ],
}
"""For somebody who is not."""


def addresses() -> list[str]:
    """Every page that the application has, from its router."""
    return re.findall(r"path: '([^']+)'", ROUTER.read_text("utf-8"))


def tour(page: Page, story: Story | None, visits: dict[str, list[Visit]]) -> Iterator[str]:
    """Go to each page in turn; gives its address once it is all there."""
    for visit in (visit for found in visits.values() for visit in found):
        address = visit.to
        shows = visit.shows
        if story is not None:
            address = story.path(address.replace(":known", story.texts.known))
            shows = shows or story.texts.known
        page.goto(address)
        settle(page)
        expect(page.locator("main")).to_contain_text(shows or "", use_inner_text=True)
        if visit.markdown:
            expect(page.get_by_role("group", name="Table", exact=True).first).to_be_visible()
        yield address


def settle(page: Page) -> None:
    """Wait until nothing on the page is still to come."""
    expect(page.locator("main").get_by_role("heading").first).to_be_visible()
    page.wait_for_function(READY)
