"""Debian's Chromium, as Playwright starts it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

SIZES = {"desktop": {"width": 1280, "height": 800}, "phone": {"width": 360, "height": 740}}
ARGUMENTS = (
    "--no-sandbox",  # it wants a kernel feature that containers and root lack; only our own pages are opened
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)


class ChromiumMissingError(Exception):
    """There is no Chromium; the message says how to get it."""


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with an empty profile, for the length of the block; ChromiumMissingError without one."""
    program = shutil.which(os.environ.get("CHROMIUM") or "chromium")
    if program is None:
        raise ChromiumMissingError(
            "Chromium is needed here: `apt-get install chromium`, or set CHROMIUM to the program of a Chrome"
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()
