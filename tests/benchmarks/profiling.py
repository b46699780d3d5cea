"""Where a request's CPU time goes, layer by layer, beside the bare program. `make profile`.

py-spy looks 500 times a second which thread holds Python's lock and what it does; a moment counts for the innermost
layer at work. The shares are of the CPU time that the web processes used meanwhile.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.dataset import RECORDS
from tests.benchmarks.load import Call, Load, run
from tests.benchmarks.measuring import POST, Bench, Server, bench, reads
from tests.benchmarks.processes import ROOT, cpu_seconds, tree

DOCUMENT = ROOT / "docs" / "performance.md"
ROUTES = ("status, first page", "status, one record", "create")
CONNECTIONS = 8
RATE = 500
SHOWN = 0.005
"""Milliseconds; less is nothing."""

LAYERS = {
    "the program's own code": r"^(?!.*/site-packages/).*/(asyncops|modules|benchmarks)/",
    "psycopg and its pool": r"/psycopg",
    "SQLAlchemy: pool, session": r"/(sqlalchemy|flask_sqlalchemy)/",
    "Flask and Werkzeug": r"/(flask|werkzeug|blinker|itsdangerous|whitenoise)/",
    "Flask-Limiter": r"/(flask_limiter|limits)/",
    "smorest, webargs, marshmallow": r"/(flask_smorest|webargs|marshmallow)/",
    "tokens and encryption": r"/(jwt|flask_jwt_extended|cryptography|bcrypt)/",
    "log line": r"/structlog/",
    "metrics": r"/prometheus_client/",
    "gunicorn": r"/gunicorn/",
}
REST = "the interpreter's own"


def main() -> None:
    """Measure, print, and write into the document."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=15, help="for each route and program")
    parser.add_argument("--print", action="store_true", help="write nothing into the document")
    options = parser.parse_args()
    with bench(updates=10_000, records=RECORDS) as running_bench:
        calls = {**reads(running_bench), "create": POST}
        text = _table(running_bench, {name: calls[name] for name in ROUTES}, options.seconds)
    sys.stdout.write(text)
    if not options.print:
        report.put(text, DOCUMENT, "make profile")


def _table(bench: Bench, calls: dict[str, Call], seconds: int) -> str:
    found = {
        (name, server.name): _profile(bench, server, call, seconds)
        for name, call in calls.items()
        for server in (bench.ours, bench.floor)
    }
    rows = [layer for layer in (*LAYERS, REST) if any(spent[layer] >= SHOWN for spent in found.values())]
    head = [f"{name}: {server}" for name, server in found]
    text = f"| CPU ms a request | {' | '.join(head)} |\n| --- |{' ---: |' * len(head)}\n"
    for layer in rows:
        cells = [f"{spent[layer]:.2f}" if spent[layer] >= SHOWN else "" for spent in found.values()]
        text += f"| {layer} | {' | '.join(cells)} |\n"
    whole = [f"**{sum(spent.values()):.2f}**" for spent in found.values()]
    return text + f"| **all** | {' | '.join(whole)} |\n"


def _profile(bench: Bench, server: Server, call: Call, seconds: int) -> Counter[str]:
    """Milliseconds of CPU a request by layer."""
    load = Load(server.port, CONNECTIONS, 1.0, [call], bench.tokens)
    run(load)  # what is made once, is made
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory()))
        before = cpu_seconds(server.pid)
        watching = [_watch(pid, folder / str(pid), seconds) for pid in tree(server.pid)[1:]]
        seen = run(replace(load, seconds=seconds + 1.0))
        used = (cpu_seconds(server.pid) - before) * 1000 / len(seen.milliseconds)
        for process in watching:
            if process.wait(60) != 0:
                said = process.stdout.read() if process.stdout else ""
                raise SystemExit(f"py-spy can't look at the server's processes:\n{said}")
        moments: Counter[str] = Counter()
        for file in folder.iterdir():
            for line in file.read_text().splitlines():
                stack, _, count = line.rpartition(" ")
                moments[layer_of(stack)] += int(count)
    whole = sum(moments.values())
    return Counter({layer: used * count / whole for layer, count in moments.items()})


def _watch(pid: int, file: Path, seconds: int) -> subprocess.Popen[str]:
    watch = ["record", "--gil", "--full-filenames", "--format", "raw", "--rate", str(RATE), "--duration", str(seconds)]
    command = [str(Path(sys.executable).with_name("py-spy")), *watch, "--output", str(file), "--pid", str(pid)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def layer_of(stack: str) -> str:
    """The layer of a stack as py-spy writes it, outermost frame first."""
    for frame in reversed(stack.split(";")):
        file = frame[frame.rfind("(") + 1 :]
        for name, files in LAYERS.items():
            if re.search(files, file):
                return name
    return REST


if __name__ == "__main__":
    main()
