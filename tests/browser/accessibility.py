"""What axe-core says about a page, in words that lead to the place."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

SETTLED = """() => document.fonts.status === 'loaded'
  && (document.querySelector('main')?.innerText ?? '').trim() !== ''
  && !document.querySelector('.mantine-Skeleton-root')"""
TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= width) return []
  const isCut = ({ parentElement: box }) =>
    box !== document.body && (getComputedStyle(box).overflowX !== 'visible' || isCut(box))
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > width + 1 && !isCut(element))
    .slice(0, 5)
    .map((element) => element.outerHTML.slice(0, 200))
}"""


@functools.cache
def _axe() -> str:
    return AXE.read_text("utf-8")


def findings(page: Page, *, floating: bool = False, only_colors: bool = False) -> list[str]:
    """Every violation of WCAG 2.2 AA or of good practice on the page, and what makes it scroll sideways.

    `floating`: a menu or list is open, which stands beside the page's landmarks. `only_colors`: nothing else has
    changed since the last look.
    """
    page.wait_for_function(SETTLED)
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(_axe())  # evaluated and not added: the CSP allows no foreign script
    options = {
        "runOnly": ["color-contrast"] if only_colors else TAGS,
        "resultTypes": ["violations"],
        "rules": {} if only_colors or not floating else {"region": {"enabled": False}},
    }
    result = page.evaluate("(options) => axe.run(options)", options)
    found = [
        f"{rule['id']} ({rule['impact']}): {rule['help']}\n    {_place(node)}"
        for rule in result["violations"]
        for node in rule["nodes"]
    ]
    return found + [f"wider than the screen: {html}" for html in page.evaluate(TOO_WIDE)]


def _place(node: dict[str, Any]) -> str:
    """Selector, HTML, and why: for contrast the two colours and their ratio."""
    why = [check["message"] for kind in ("any", "all", "none") for check in node[kind]]
    return "\n    ".join([" ".join(str(part) for part in node["target"]), node["html"][:300], *why])
