"""The tables that a run gives, and where they go."""

from __future__ import annotations

import os
import platform
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.benchmarks.measuring import THREADS, WORKERS, Bench, Beside

BEGIN, END = "<!-- {} writes from here -->", "<!-- to here -->"
HEAD = (
    "| route | connections | CPU beside the floor | CPU ms | floor | database ms | floor | requests/s | floor "
    "| p50 ms | p95 | p99 | floor's p95 |\n| --- |" + " ---: |" * 12 + "\n"
)


@dataclass(frozen=True)
class Aim:
    """What was wanted, and what was measured."""

    what: str
    aim: str
    figure: str
    met: bool


@dataclass
class Written:
    """All that a run found."""

    bench: Bench
    seconds: float
    rounds: int
    figures: dict[tuple[int, str, int], Beside] = field(default_factory=dict)
    aims: list[Aim] = field(default_factory=list)
    machine: str = ""
    load: float = field(default_factory=lambda: os.getloadavg()[0])
    ended: str = ""

    def __post_init__(self) -> None:
        """Ask the database while it is there."""
        row = self.bench.database.execute("SHOW server_version").fetchone()
        postgres = row[0] if row else "unknown"
        self.machine = (
            f"{_processor()}, {os.cpu_count()} cores, Python {platform.python_version()}, PostgreSQL {postgres}, "
            f"gunicorn {version('gunicorn')} with {WORKERS} processes of {THREADS} threads"
        )

    def add(self, size: int, name: str, connections: int, beside: Beside) -> None:
        """Keep a route's figures at one size of the data."""
        self.figures[size, name, connections] = beside

    @property
    def fewest(self) -> int:
        """The lowest number of connections."""
        return min(connections for _, _, connections in self.figures)

    @property
    def middle(self) -> int:
        """The number of connections by which ratios are told."""
        known = sorted({connections for _, _, connections in self.figures})
        return known[len(known) // 2]


def document(written: Written, *, command: str, took: float) -> str:
    """Everything, as Markdown."""
    today = datetime.now(UTC).date().isoformat()
    text = f"Measured on {today} by `{command}` in {took / 60:.0f} minutes, on {written.machine}; "
    text += f"{written.rounds} turns of {written.seconds:g} s each, medians. "
    text += f"The machine's load before it began was {written.load:.1f}.\n\n"
    if written.ended:
        text += f"It ended early: {written.ended}\n\n"
    if written.aims:
        text += "| what | aim | measured | |\n| --- | --- | --- | --- |\n"
        for aim in written.aims:
            text += f"| {aim.what} | {aim.aim} | {aim.figure} | {'met' if aim.met else '**not met**'} |\n"
    for size in sorted({size for size, _, _ in written.figures}):
        text += f"\n### {size:,} status updates\n\n{HEAD}"
        for (of, name, connections), beside in written.figures.items():
            if of == size:
                text += _row(name, connections, beside)
    return text


def _row(name: str, connections: int, beside: Beside) -> str:
    ours, floor = beside.ours, beside.floor
    cells = [
        *(f"{number:.2f}" for number in (beside.ratio, ours.cpu, floor.cpu, ours.database_cpu, floor.database_cpu)),
        *(f"{number:.0f}" for number in (ours.rate, floor.rate)),
        *(f"{number:.1f}" for number in (ours.p50, ours.p95, ours.p99, floor.p95)),
    ]
    return f"| {name} | {connections} | {' | '.join(cells)} |\n"


def command(arguments: Sequence[str]) -> str:
    """How to run the same again."""
    return f"make bench ARGS={shlex.quote(' '.join(arguments))}" if arguments else "make bench"


def put(text: str, path: Path, who: str) -> None:
    """Write it between the marks of `who` in the document."""
    begin = BEGIN.format(who)
    before, found, rest = path.read_text().partition(begin)
    if not found:
        raise SystemExit(f"{path} has no place that is marked with {begin}")
    _, _, after = rest.partition(END)
    path.write_text(f"{before}{begin}\n\n{text}\n{END}{after}")


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
