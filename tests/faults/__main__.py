"""`make faults`: every scenario at full length, and the table of docs/reliability.md; or those named as arguments."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path

from tests.faults.lab import ROOT, Lab, lab
from tests.faults.measuring import Count, Scenario, measure
from tests.faults.routes import STATES, Routes
from tests.faults.scenarios import SCENARIOS
from tests.waiting import eventually

PAGE = ROOT / "docs/reliability.md"
ROUTES = "routes"
"""The name of the second table: all routes, while a server is away."""
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
COLUMNS = (
    *("fault", "acknowledged", "lost", "doubled", "503", "502, 504", "other 5xx", "no answer"),
    *("writes again after", "mails again after", "all told after"),
)


def main(names: list[str]) -> int:
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if unknown := set(names) - known.keys() - {ROUTES}:
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are: {', '.join(known)}, {ROUTES}")
    began, broken = datetime.now(UTC), []
    rows = [f"| {' | '.join(COLUMNS)} |", "|" + " --- |" * len(COLUMNS)]
    left = [known[name] for name in names or known if name != ROUTES]
    while left:
        with lab() as laboratory:
            while left:
                scenario = left.pop(0)
                try:
                    found, wrong = one(laboratory, scenario)
                except Exception as error:  # noqa: BLE001 - the others are still to be measured, in a new laboratory
                    rows.append(f"| {scenario.what} | it did not end well |" + " |" * (len(COLUMNS) - 2))
                    broken.append(f"{scenario.name}: {error!r}")
                    say(f"{scenario.name}: {error!r}")
                    break
                rows.append(found)
                broken += [f"{scenario.name}: {what}" for what in wrong]
                say(found)
    if not names or ROUTES in names:
        with lab() as laboratory:
            rows.append("")
            for line in routes_table(laboratory):
                rows.append(line)
                say(line)
    if not names:
        write([*rows, "", *facts(began)])
    for line in broken:
        say(line)
    return 1 if broken else 0


def one(laboratory: Lab, scenario: Scenario) -> tuple[str, list[str]]:
    """Its row, and what was not as promised."""
    if scenario.needs and not getattr(laboratory, scenario.needs):
        return f"| {scenario.what} | not measured here: needs {scenario.needs} |" + " |" * (len(COLUMNS) - 2), []
    count = measure(laboratory, scenario, full=True)
    return row(scenario, count), [*count.lost, *count.doubled, *count.server_errors]


def routes_table(laboratory: Lab) -> Iterator[str]:
    """How soon all routes answer while a server is away."""
    yield "| state | routes | 503 with `Retry-After` | as ever | slowest | slowest but for the first four |"
    yield "| --- | --- | --- | --- | --- | --- |"
    routes = Routes(laboratory)
    for state in STATES:
        routes.prepare()
        with state(laboratory) as port:
            called = routes.walk(port)
        refused = [one for one in called if one.status == HTTPStatus.SERVICE_UNAVAILABLE and one.retry_after]
        seconds = [f"{max(one.seconds for one in some):.2f} s" for some in (called, called[4:])]
        as_ever = [one for one in called if one.status < HTTPStatus.INTERNAL_SERVER_ERROR]
        cells = (state.__name__.replace("_", " "), len(called), len(refused), len(as_ever), *seconds)
        yield "| " + " | ".join(map(str, cells)) + " |"
        eventually(lambda: routes.call("post", "/api/auth/login").status == HTTPStatus.OK, "it to be back")


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def row(scenario: Scenario, count: Count) -> str:
    seen = count.outcomes
    silent = sum(number for name, number in seen.items() if not name.isdecimal())
    cells = (
        scenario.what,
        count.acknowledged,
        len(count.lost),
        len(count.doubled),
        seen["503"],
        seen["502"] + seen["504"],
        sum(count.server_errors.values()),
        silent,
        *(f"{value:.1f} s" for value in (count.answers_after, count.mails_after, count.all_told_after)),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def facts(began: datetime) -> Iterator[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    yield f"Measured by `make faults` on {began:%Y-%m-%d}: {os.cpu_count()} cores{_model()}, {memory:.0f} GB, "
    yield f"{platform.system()} {platform.release()}, Python {platform.python_version()}; "
    yield f"the load on the machine was {os.getloadavg()[2]:.1f} by others and this together."


def _model() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return f" ({names[0]})" if names else ""


def write(lines: list[str]) -> None:
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}", "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
