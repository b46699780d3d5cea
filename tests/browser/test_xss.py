"""What somebody wrote is text on every page: nothing of it runs, becomes an element, or leads to a script."""

import re

import pytest
import requests
from playwright.sync_api import expect

from tests.browser.story import VISITS, Texts, tell, tour

RUN = "document.documentElement.dataset.ran=1"
SCRIPT = f"<script>{RUN}</script>"
IMAGE = f'"><img src=x data-hostile onerror={RUN}>'
SVG = f"'><svg data-hostile onload={RUN}>"
TEMPLATES = "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>"
LINE = f"hostile {SCRIPT}{IMAGE} {TEMPLATES}"
MARKDOWN = f"""\
hostile {SCRIPT} {IMAGE} {SVG} {TEMPLATES} </textarea></style></title></mark>{SCRIPT}

<details open data-hostile ontoggle={RUN}><summary>x</summary></details>
<iframe data-hostile srcdoc="{SCRIPT}"></iframe><a data-hostile href="javascript:{RUN}">x</a>

[one](javascript:{RUN}) [two](JaVaScRiPt:{RUN}) [three](java&#x09;script:{RUN}) [four](vbscript:{RUN})
[five](data:text/html,{SCRIPT}) [six](  javascript:{RUN}) [seven](\\x01javascript:{RUN}) [eight](//evil.example/)
<javascript:{RUN}> [nine][ref] ![ten](javascript:{RUN}) ![eleven](x"onerror="{RUN})
[twelve](https://example.org/"onmouseover="{RUN}) `{SCRIPT}` <!-- {SCRIPT} --> <![CDATA[{SCRIPT}]]>

```"><script>
{SCRIPT}
```

| {SCRIPT} | {IMAGE} |
| --- | --- |
| {SVG} | [x](javascript:{RUN}) |

[ref]: javascript:{RUN} "{IMAGE}"
[^1]: {SCRIPT}
"""
TEXTS = Texts(line=LINE, markdown=MARKDOWN, tag=f"{SVG[:40]}", known="hostile")

FOUND = """() => {
  const found = [...document.querySelectorAll('[data-hostile], iframe, object, embed, base, [srcdoc]')]
  const schemes = /^[\\s\\x00-\\x1f]*(javascript|vbscript|data):/i
  for (const one of document.querySelectorAll('[href], [src], [action], [formaction]'))
    for (const name of ['href', 'src', 'action', 'formaction'])
      if (schemes.test(one.getAttribute(name) ?? '')) found.push(one)
  for (const one of document.querySelectorAll('*'))
    if ([...one.attributes].some(({ name }) => name.startsWith('on'))) found.push(one)
  for (const one of document.scripts)
    if (!one.src.startsWith(location.origin)) found.push(one)
  if (document.documentElement.dataset.ran) found.push(document.documentElement)
  return found.map((one) => one.outerHTML.slice(0, 300))
}"""
# Heard in the page itself, before anything of it runs.
LISTEN = """addEventListener('securitypolicyviolation', (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""


@pytest.fixture
def story(api, admin, make_user, sql):
    max_ = make_user(f"Max {SCRIPT}", email="x'onload='max@example.org")
    olga = make_user(IMAGE, email="olga@example.org")
    api(admin).patch("/users/me", full_name=f"{SVG} {TEMPLATES}")
    story = tell(api, admin, max_, olga, TEXTS)
    # What a receiver answered, which is foreign too.
    sql("UPDATE webhook_deliveries SET response = :text, last_error = :text", text=MARKDOWN[:500])
    return story


@pytest.fixture
def page(enter, admin):
    page = enter(admin)
    page.add_init_script(LISTEN)
    return page


def nothing_of_it_is_alive(page, address):
    assert not page.evaluate(FOUND), address


@pytest.mark.timeout(900)
def test_what_was_written_is_text_on_every_page(page, story, complaints):
    complaints.expect(r"404 .*/api/|ApiError: Incident not found")

    for address in tour(page, story, VISITS):
        nothing_of_it_is_alive(page, address)
        if address == f"/incidents/{story.ids['incident']}":
            expect(page.get_by_role("heading", level=1)).to_have_text(LINE)


def test_what_was_written_is_text_where_it_is_written_and_chosen(page, story, complaints):
    page.goto(story.path("/incidents/:incident?edit"))
    expect(page.get_by_role("textbox", name="Title")).to_have_value(LINE)
    page.get_by_text("Preview", exact=True).click()
    expect(page.get_by_role("group", name="Preview").get_by_role("table")).to_be_visible()
    nothing_of_it_is_alive(page, "preview")

    page.goto("/updates?new")
    text = page.get_by_role("textbox", name="What happened")
    text.press_sequentially("@")
    expect(page.get_by_role("option").filter(has_text=IMAGE)).to_be_visible()
    nothing_of_it_is_alive(page, "people to mention")

    page.keyboard.press("Control+k")
    page.get_by_placeholder("Search, or type what to do").fill("hostile")
    expect(page.get_by_role("button").filter(has_text=LINE).first).to_be_visible()
    nothing_of_it_is_alive(page, "palette")
    page.keyboard.press("Escape")

    page.goto(story.path("/admin/webhooks/:webhook"))
    page.get_by_role("button", name=re.compile(r", delivery \d+$")).first.click()
    expect(page.get_by_role("dialog", name="Message")).to_contain_text("</textarea></style></title></mark>")
    nothing_of_it_is_alive(page, "delivery")


@pytest.mark.parametrize(
    "address",
    [
        f"/search?q=</mark>{SCRIPT}{IMAGE}",
        f"/incidents?search={IMAGE}&severity={SCRIPT}&start_date={SCRIPT}",
        f"/updates?tags={IMAGE},{SCRIPT}",
        f"/admin/activity?subject_type={SCRIPT}&actor_id={IMAGE}",
        f"/sign-in?next=javascript:{RUN}",
        "/sign-in?next=//evil.example/",
        f"/incidents/{SCRIPT}",
        f"/updates?new#token={IMAGE}",
    ],
)
def test_nothing_in_an_address_is_alive(page, site, address):
    page.goto(address)
    expect(page.locator("main").get_by_role("heading").first).to_be_visible()
    nothing_of_it_is_alive(page, address)
    assert page.url.startswith(f"{site}/")


def test_the_policy_lets_no_foreign_script_run(page, site, complaints):
    answer = requests.get(f"{site}/incidents", headers={"Accept": "text/html"}, timeout=10)
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert not {"unsafe-inline", "unsafe-eval", "data:", "*"} & set(re.split("[ ']+", policy["script-src"]))
    assert policy["object-src"] == "'none'"
    assert policy["base-uri"] in {"'none'", "'self'"}

    # And the browser keeps to it: what gets into the page nevertheless does not run.
    page.goto("/incidents")
    complaints.expect("404 .*/x")
    complaints.expect("policy: script-src")
    complaints.expect("Content Security Policy")
    page.evaluate(
        """(html) => {
          document.body.insertAdjacentHTML('beforeend', html)
          const script = document.createElement('script')
          script.textContent = 'document.documentElement.dataset.ran = 1'
          document.body.append(script)
        }""",
        f"<img src=x onerror={RUN}>",
    )
    page.wait_for_function("() => document.querySelector('img[src=x]').complete")
    assert page.evaluate("() => document.documentElement.dataset.ran") is None
