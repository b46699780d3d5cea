"""What a request costs, beside a bare program that answers the same bytes. `make bench`.

Both run under gunicorn with two workers on one PostgreSQL, with production's settings, in turns. The whole run writes
its tables into docs/performance.md; `--quick` prints the same from less data and shorter turns, in some minutes.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from tests.benchmarks import report
from tests.benchmarks.dataset import LARGE, RECORDS, SMALL
from tests.benchmarks.load import Call, Load
from tests.benchmarks.measuring import POST, SIGN_IN, Bench, Beside, bench, interleaved, measure, reads
from tests.benchmarks.processes import ROOT, pss_mb, running
from tests.benchmarks.report import Aim

DOCUMENT = ROOT / "docs" / "performance.md"
SLOW, SLOW_CONNECTIONS = {"sign in", "today", "search, rare", "search, common"}, 10
"""What takes tens or hundreds of milliseconds: a hundred at once would only wait for each other."""
FIRST = "status, first page"
DEEP = "status, page 400"


def main() -> None:
    """Run what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 status updates, short turns; writes nothing")
    parser.add_argument("--seconds", type=float, default=2.0, help="length of a turn")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each; their medians are shown")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--print", action="store_true", help="write nothing into the document")
    parser.add_argument("routes", nargs="*", help="some routes, such as 'status, first page' or me")
    options = parser.parse_args()
    if options.quick:
        options.seconds, options.rounds, options.connections = 1.0, 2, [10]
    began = time.monotonic()
    with bench(updates=10_000, records=RECORDS) as running_bench:
        written = report.Written(running_bench, seconds=options.seconds, rounds=options.rounds)
        try:
            _whole(running_bench, options, written)
        except (Exception, SystemExit) as error:
            written.ended = f"{type(error).__name__}: {error}"  # half an hour's figures are not thrown away
            raise
        finally:
            text = report.document(written, command=report.command(sys.argv[1:]), took=time.monotonic() - began)
            sys.stdout.write(text)
            if not (options.quick or options.print or options.routes):
                report.put(text, DOCUMENT, "make bench")


def _whole(bench: Bench, options: argparse.Namespace, written: report.Written) -> None:
    sizes = [10_000] if options.quick else [SMALL, LARGE]
    _same(bench)
    ten_thousand = {name: _one(bench, options, reads(bench)[name]) for name in (FIRST, DEEP)}
    for size in sizes:
        _say(f"{size:,} status updates")
        bench.data.updates(size)
        if size == SMALL:
            day = bench.data.busy_day()
        bench.data.settle()
        routes = {**reads(bench), "create": POST, "sign in": SIGN_IN}
        _same(bench)
        for name, call in routes.items():
            if options.routes and name not in options.routes:
                continue
            for connections in options.connections:
                if name in SLOW and connections > SLOW_CONNECTIONS:
                    continue
                beside = interleaved(
                    bench,
                    [call],
                    connections=connections,
                    # A password takes a quarter of a second: short turns would hold too few.
                    seconds=options.seconds * (2 if call is SIGN_IN else 1),
                    rounds=1 if call is SIGN_IN else options.rounds,
                )
                written.add(size, name, connections, beside)
                _say(f"  {name}, {connections}: {beside.ratio:.2f}")
    if options.routes:
        return
    written.aims += _ratios(written, sizes[-1])
    written.aims += _growth(ten_thousand, {name: _one(bench, options, reads(bench)[name]) for name in (FIRST, DEEP)})
    written.aims += [_mixed(bench, options.seconds, pause=1.0), _mixed(bench, options.seconds, pause=0.0)]
    written.aims += _searches(written, sizes[-1])
    if not options.quick:
        written.aims.append(_busy_day(bench, day))
    written.aims.append(_memory(bench))


def _say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')} {text}\n")


def _same(bench: Bench) -> None:
    """End the benchmark if the two do not answer the same bytes."""
    for name, call in reads(bench).items():
        # Ages in the view of today are rounded to hundredths of hours: one may turn between two requests.
        if not any(bench.ask(bench.floor, call) == bench.ask(bench.ours, call) for _ in range(5)):
            raise SystemExit(f"{name}: the two answer different bytes.")


def _one(bench: Bench, options: argparse.Namespace, call: Call) -> Beside:
    return interleaved(bench, [call], connections=10, seconds=options.seconds, rounds=options.rounds)


def _ratios(written: report.Written, size: int) -> list[Aim]:
    found = {
        name: beside.ratio
        for (of, name, connections), beside in written.figures.items()
        if of == size and connections == written.middle and name not in {"search, rare", "search, common", "today"}
    }
    read = {name: ratio for name, ratio in found.items() if name not in {"create", "sign in"}}
    lists = {name: ratio for name, ratio in read.items() if "page" in name}
    singles = {name: ratio for name, ratio in read.items() if "page" not in name}
    return [
        Aim("Lists, CPU beside the floor", "at most 1.6 times", *_span(lists, 1.6)),
        Aim("Single records, CPU beside the floor", "at most 1.6 times", *_span(singles, 1.6)),
        Aim("Creates, CPU beside the floor", "at most 2.0 times", *_span({"create": found["create"]}, 2.0)),
    ]


def _span(ratios: dict[str, float], limit: float) -> tuple[str, bool]:
    low, high = min(ratios.values()), max(ratios.values())
    return f"{low:.1f}" if len(ratios) == 1 else f"{low:.1f} to {high:.1f}", high <= limit


def _growth(before: dict[str, Beside], after: dict[str, Beside]) -> list[Aim]:
    found = []
    for name, then in before.items():
        ratio = after[name].ours.whole_cpu / then.ours.whole_cpu
        what = f"{name}: CPU, the database's too, beside the same at 10,000 rows"
        found.append(Aim(what, "at most 1.3 times", f"{ratio:.2f}", met=ratio <= 1.3))
    return found


def _mixed(bench: Bench, seconds: float, *, pause: float) -> Aim:
    """A hundred people at once: 80 % reads, most of them lists, and 20 % creates."""
    weights = {"first page": 10, "page 400": 1, "one record": 5, "me": 6, "search": 1, "today": 2}
    calls = [
        replace(call, weight=next(weight for part, weight in weights.items() if part in name))
        for name, call in reads(bench).items()
    ]
    read = sum(call.weight for call in calls)
    load = Load(0, 100, max(seconds * 10, 3), [*calls, replace(POST, weight=read / 4)], bench.tokens, pause=pause)
    measure(bench, bench.ours, replace(load, seconds=max(seconds * 2, 1)))
    seen = measure(bench, bench.ours, load)
    floor = measure(bench, bench.floor, load)
    how = f"a pause of {pause:g} s between two requests" if pause else "no pause between two requests"
    figure = f"p95 {seen.p95:.0f} ms at {seen.rate:.0f} requests/s (floor: {floor.p95:.0f} ms at {floor.rate:.0f})"
    return Aim(f"100 people, 80 % reads, {how}", "p95 below 100 ms", figure, met=seen.p95 < 100)


def _searches(written: report.Written, size: int) -> list[Aim]:
    found = []
    for name in ("search, rare", "search, common"):
        beside = written.figures[size, name, written.fewest]
        figure = f"{beside.ours.p95:.0f} ms (floor: {beside.floor.p95:.0f} ms)"
        what = f"{name.capitalize()} word at {size:,} rows, one at a time"
        found.append(Aim(what, "p95 below 100 ms", figure, met=beside.ours.p95 < 100))
    return found


def _busy_day(bench: Bench, day: object) -> Aim:
    call = Call("POST", f"/api/summaries/generate?summary_date={day}&force_update=true", expect=201)
    times = []
    for _ in range(3):
        began = time.perf_counter()
        bench.ask(bench.ours, call)
        times.append(time.perf_counter() - began)
    took = sorted(times)[1]
    return Aim("The summary of a day on which 10,000 things happened", "below 2 s", f"{took:.2f} s", met=took < 2)


def _memory(bench: Bench) -> Aim:
    """Web, worker and scheduler, idle; the web processes after all that they had to do."""
    with ExitStack() as at_end:
        pids = {"web": bench.ours.pid}
        for name in ("worker", "scheduler"):
            log: Path = bench.folder / f"{name}.log"
            pids[name] = at_end.enter_context(running(["asyncops.cli", name], bench.environment, log)).pid
        time.sleep(8)  # they import, register and come to rest
        used = {name: pss_mb(pid) for name, pid in pids.items()}
    whole = sum(used.values())
    parts = ", ".join(f"{name} {mb:.0f}" for name, mb in used.items())
    what = "Memory (PSS) of web, worker and scheduler, idle after the run"
    return Aim(what, "below 500 MB", f"{whole:.0f} MB ({parts})", met=whole < 500)


if __name__ == "__main__":
    main()
