"""`make faults`: every scenario at full length, and the table of docs/reliability.md. Names as arguments: those alone."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.lab import ROOT, lab
from tests.faults.measuring import Count, Scenario, measure
from tests.faults.scenarios import SCENARIOS

PAGE = ROOT / "docs/reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = (
    "| fault | acknowledged | lost | doubled | 503 | 502, 504 | other 5xx | no answer | writes again after | mails again after "
    "| all told after |"
)


def main(names: list[str]) -> int:
    known = {scenario.name: scenario for scenario in SCENARIOS}
    if unknown := set(names) - known.keys():
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are: {', '.join(known)}")
    began, rows, broken = datetime.now(UTC), {}, []
    with lab() as laboratory:
        for scenario in [known[name] for name in names] or SCENARIOS:
            if scenario.needs and not getattr(laboratory, scenario.needs):
                rows[scenario.name] = f"| {scenario.what} | not measured here: no {scenario.needs} " + "| " * 9 + "|"
            else:
                count = measure(laboratory, scenario, full=True)
                rows[scenario.name] = row(scenario, count)
                for what in (count.lost, count.doubled, count.server_errors):
                    broken += [f"{scenario.name}: {found}" for found in what]
            print(rows[scenario.name], flush=True)
    if not names:
        write([HEAD, "|" + " --- |" * 11, *rows.values(), "", *facts(began)])
    print("\n".join(broken))
    return 1 if broken else 0


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
