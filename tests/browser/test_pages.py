"""Nobody is kept out: axe-core finds nothing on any page, in any of its states, and nothing is wider than a phone."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import findings
from tests.browser.story import OUTSIDE, VISITS, Texts, addresses, settle, tell, tour

UNBROKEN = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
MARKDOWN = f"""\
# Checkout fails for one order in nine

### Since the release, {UNBROKEN} and @olga see **it**, *often*, ~~always~~; `{UNBROKEN.lower()}{UNBROKEN.lower()}`

- a list with a [link](https://example.org/{UNBROKEN.lower()}) and https://example.org/{"a" * 120}
  1. and in it
  2. another
- [x] done
- [ ] not yet

> Somebody said so.
> > Somebody else denied it.

| queue | waiting | oldest | seen by | answered by | remark |
| :--- | ---: | :-: | --- | --- | --- |
| {UNBROKEN} | 1,204 | 3 h | Olga | nobody | {"-" * 60} |

```python
raise RuntimeError("{"x" * 150}")
```

![The graph](https://example.org/graph.png) and a note[^1].

---

[^1]: Which says more.
"""
TEXTS = Texts(
    line=f"Checkout errors since the release: {UNBROKEN} answers nothing & payments wait for it (one in nine)",
    markdown=MARKDOWN,
    tag=UNBROKEN[:50],
    known="Checkout",
)
THEMES = ("light", "dark")
SIZES = pytest.mark.parametrize("size", ["desktop", "phone"])


class Look:
    """Looks at a page in both themes, and keeps what it finds until the end."""

    def __init__(self, page):
        self.page = page
        self.found = []

    def __call__(self, name):
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)
            self.found += [f"{name} ({theme}): {finding}" for finding in findings(self.page)]
        self.page.emulate_media(color_scheme="light")

    def report(self):
        assert not self.found, "\n".join(self.found)


@pytest.fixture
def story(api, admin, make_user):
    member = make_user(f"Max {UNBROKEN}", email=f"max.{UNBROKEN[:40].lower()}@example.org")
    return tell(api, admin, member, make_user("Olga Other", email="olga@example.org"), TEXTS)


def test_no_page_of_the_application_is_forgotten_here():
    assert sorted(addresses()) == sorted([*VISITS, *OUTSIDE])


@pytest.mark.timeout(300)
@SIZES
def test_every_page_is_for_everybody(enter, admin, story, complaints, size):
    look = Look(enter(admin, size=size))
    complaints.expect(r"404 .*/api/incidents/999999")
    complaints.expect(rf"404 .*/api/decisions/{story.ids['gone']}")

    for address in tour(look.page, story, VISITS):
        look(address)

    look.report()


@SIZES
def test_every_page_outside_is_for_everybody(enter, complaints, size):
    look = Look(enter(size=size))
    complaints.expect("401 .*/api/users/me")

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
        "/": "This is where your team’s day will stand",
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
