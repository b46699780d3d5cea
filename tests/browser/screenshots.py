"""Write docs/images: the main pages of the demo team, light, dark and on a phone. `make screenshots`."""

from __future__ import annotations

import argparse
import base64
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser.accessibility import SETTLED
from tests.browser.chromium import SIZES, ChromiumMissingError, chromium
from tests.browser.demo import Demo, demo

ROOT = Path(__file__).parents[2]
SHOWN = ("today", "updates", "incident", "blockers", "decision", "summary", "inbox")
LOOKS = {"light": ("desktop", "light"), "dark": ("desktop", "dark"), "phone": ("phone", "light")}
ADMIN_PATHS = {"people": "/admin/people", "webhooks": "/admin/webhooks", "activity": "/admin/activity"}
QUALITY = 80
DRAWN = 800
"""Milliseconds in which a page that has everything draws it, its charts last."""


def main() -> None:
    """Take them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "docs/images", help="another folder")
    parser.add_argument("--all", action="store_true", help="every page, the administrators' too, and all of its height")
    options = parser.parse_args()
    options.into.mkdir(parents=True, exist_ok=True)
    with demo() as running, chromium() as browser:
        for look in LOOKS:
            _shoot(browser, running, look, options.into, whole=options.all)


def _shoot(browser: Browser, running: Demo, look: str, folder: Path, *, whole: bool) -> None:
    size, theme = LOOKS[look]
    wanted = [(running.member, {name: path for name, path in running.paths.items() if whole or name in SHOWN})]
    if whole:
        wanted += [(running.admin, ADMIN_PATHS), ({}, {"sign-in": "/sign-in", "register": "/register"})]
    for cookies, paths in wanted:
        context = running.open(browser, cookies, size, theme, scale=2 if size == "phone" else 1)
        page = context.new_page()
        for name, path in paths.items():
            page.goto(path, wait_until="networkidle")
            page.wait_for_function(SETTLED)
            if whole:
                height = page.evaluate("() => document.documentElement.scrollHeight")
                page.set_viewport_size({"width": SIZES[size]["width"], "height": height})
            page.wait_for_timeout(DRAWN)
            page.wait_for_function(SETTLED)  # placeholders come late, so that a quick answer shows none
            picture = _picture(page)
            page.set_viewport_size(SIZES[size])
            (folder / f"{name}-{look}.webp").write_bytes(picture)
            sys.stdout.write(f"{name}-{look}.webp  {len(picture) / 1000:.0f} kB\n")
        context.close()


def _picture(page: Page) -> bytes:
    # Asked of the browser itself: Playwright knows no WebP, and a PNG is four times as large.
    session = page.context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    session.detach()
    return base64.b64decode(answer["data"])


if __name__ == "__main__":
    try:
        main()
    except ChromiumMissingError as error:
        sys.exit(str(error))
