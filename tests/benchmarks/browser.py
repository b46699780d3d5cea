"""How soon each page of the demo team shows its largest element, and how much it jumps. `make bench-pages`.

A phone, with an empty cache and again with a full one: its processor and network are throttled by the browser as
below. The server is on the same machine and runs at full speed.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, Page

from tests.browser.accessibility import SETTLED
from tests.browser.chromium import ChromiumMissingError, chromium
from tests.browser.demo import Demo, demo

CPU = 4
"""So many times slower."""
NETWORK = {"latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8, "offline": False}
"""Milliseconds and bytes a second: a slow 4G, as Lighthouse understands it."""
DRAWN = 2000
"""Milliseconds of a quiet network after which nothing moves any more."""
AIM_LCP, AIM_CLS = 2000, 0.02

OBSERVE = """() => {
  window.paints = []
  window.shift = 0
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const text = (entry.element?.innerText ?? '').replace(/\\s+/g, ' ').slice(0, 40)
      window.paints.push([entry.startTime, `${entry.element?.tagName.toLowerCase()} ${text}`])
    }
  }).observe({ type: 'largest-contentful-paint', buffered: true })
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
  }).observe({ type: 'layout-shift', buffered: true })
}"""


@dataclass(frozen=True)
class Visit:
    """Largest contentful paint in milliseconds, what it was, and all layout shifts together."""

    lcp: float
    what: str
    cls: float


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="visits of each kind; their medians are shown")
    parser.add_argument("pages", nargs="*", help="some pages, such as today or incidents")
    options = parser.parse_args()
    say = sys.stdout.write
    say(f"A phone, {CPU} x slower, {NETWORK['latency']} ms and 1.6 Mbit/s away; medians of {options.runs} visits.\n")
    say(f"Aims: LCP below {AIM_LCP} ms, layout shift below {AIM_CLS}.\n\n")
    say("| page | LCP, first visit | LCP, again | layout shift | largest |\n| --- | ---: | ---: | ---: | --- |\n")
    with demo() as running, chromium() as browser:
        for name, path in running.paths.items():
            if not options.pages or name in options.pages:
                say(_row(name, [_visits(browser, running, path) for _ in range(options.runs)]))
                sys.stdout.flush()


def _row(name: str, visits: list[tuple[Visit, Visit]]) -> str:
    first = statistics.median(cold.lcp for cold, _ in visits)
    again = statistics.median(warm.lcp for _, warm in visits)
    shift = statistics.median(max(cold.cls, warm.cls) for cold, warm in visits)
    marks = ["" if good else " **!**" for good in (first < AIM_LCP, again < AIM_LCP, shift < AIM_CLS)]
    what = visits[-1][0].what.replace("|", " ")
    return f"| {name} | {first:.0f}{marks[0]} | {again:.0f}{marks[1]} | {shift:.3f}{marks[2]} | {what} |\n"


def _visits(browser: Browser, running: Demo, path: str) -> tuple[Visit, Visit]:
    context = running.open(browser, running.member, "phone")
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    page.add_init_script(f"({OBSERVE})()")
    visits = (_visit(page, path), _visit(page, path))
    context.close()
    return visits


def _visit(page: Page, path: str) -> Visit:
    page.goto("about:blank")
    page.goto(path, wait_until="networkidle")
    page.wait_for_timeout(DRAWN)
    page.wait_for_function(SETTLED)
    page.wait_for_function("() => window.paints.length > 0")
    paints, shift = page.evaluate("() => [window.paints, window.shift]")
    return Visit(*paints[-1], shift)


if __name__ == "__main__":
    try:
        main()
    except ChromiumMissingError as error:
        sys.exit(str(error))
