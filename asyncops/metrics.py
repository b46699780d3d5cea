"""What the processes count, and what is asked for when somebody looks. Knows no feature: modules register gauges.

Counters and histograms of the web processes live in `registry` (see `metric_files` for how several add up). What stands
in the database or in Redis is read at the moment of asking, by a `Source`, with an end to waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Select, text
from sqlalchemy.exc import DBAPIError

from asyncops import metric_files

log = structlog.get_logger(__name__)

disable_created_metrics()  # a second series for each one, which nobody asks for

registry = CollectorRegistry()
"""Where every counter, histogram and gauge of a process is registered."""

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
"""The bounds of what takes a request or a statement its time; half a second is the promised p95."""

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class DatabaseGauge:
    """A number that the database knows: one row with one column, or with `label` rows of its value and the number.

    `statement` is called at each look, and may refer to the present moment. A null number is left out.
    """

    name: str
    about: str
    statement: Callable[[], Select[Any] | Any]
    label: str | None = None


_gauges: dict[str, DatabaseGauge] = {}


def register(gauge: DatabaseGauge) -> None:
    """Let `/metrics` tell this too."""
    _gauges[gauge.name] = gauge


@dataclass(frozen=True, slots=True)
class Source:
    """Something outside that is asked at each look. `up` says whether it gave anything: 1, and else 0."""

    up: str
    about: str
    ask: Callable[[], Iterator[Metric]]


@dataclass(slots=True)
class _Asked(Collector):
    families: list[Metric] = field(default_factory=list)

    def collect(self) -> Iterable[Metric]:
        return self.families


def exposition(sources: Sequence[Source], *, within: float) -> bytes:
    """All of it in Prometheus' text format; what a source has not said `within` seconds is left out."""
    return generate_latest(_Asked([*_counted(), _build(), *_asked(sources, within)]))


def _counted() -> list[Metric]:
    folder = metric_files.folder()
    if folder is None:
        return list(registry.collect())
    with metric_files.reading(folder):
        # Pids and file names stay inside: its gauges are sums over the living processes.
        return list(MultiProcessCollector(None, str(folder)).collect())


@cache
def release() -> str:
    """The version that runs; `unknown` where the package is not installed but lies in the path."""
    try:
        return version("asyncops")
    except PackageNotFoundError:
        return "unknown"


def _build() -> Metric:
    info = GaugeMetricFamily("asyncops_build_info", "The running release, as a label", labels=["version"])
    info.add_metric([release()], 1)
    return info


def _asked(sources: Sequence[Source], within: float) -> Iterator[Metric]:
    # Threads, for sockets' own time limits begin anew with each byte; one that hangs ends by them some time.
    found: dict[str, list[Metric]] = {source.up: [] for source in sources}
    threads = [threading.Thread(target=_ask, args=(source, found[source.up].append), daemon=True) for source in sources]
    for thread in threads:
        thread.start()
    end = time.monotonic() + within
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))
    for source in sources:
        said = list(found[source.up])
        yield GaugeMetricFamily(source.up, source.about, value=1.0 if said else 0.0)
        yield from said


def _ask(source: Source, say: Callable[[Metric], None]) -> None:
    try:
        for family in source.ask():
            say(family)
    except Exception as error:  # noqa: BLE001 - whatever it was: the others still have something to tell
        log.warning("metrics_source_failed", up=source.up, error=f"{type(error).__name__}: {error}".splitlines()[0])


def database_gauges(connection: Connection) -> Iterator[Metric]:
    """What modules registered, each by a statement of its own: one that fails costs no other."""
    for gauge in _gauges.values():
        family = GaugeMetricFamily(gauge.name, gauge.about, labels=[gauge.label] if gauge.label else [])
        try:
            for *label, number in connection.execute(gauge.statement()):
                if number is not None:
                    family.add_metric(label, float(number))
        except DBAPIError as error:
            if error.connection_invalidated:
                raise
            log.warning("metrics_gauge_failed", name=gauge.name, error=str(error).splitlines()[0])
            connection.rollback()
            continue
        yield family


def connections(connection: Connection) -> Iterator[Metric]:
    """How many connections the database serves, and how many it would."""
    used, allowed = connection.execute(
        text("SELECT sum(numbackends), current_setting('max_connections')::int FROM pg_stat_database")
    ).one()
    yield GaugeMetricFamily("asyncops_database_connections", "Connections that the server has, everybody's", used)
    yield GaugeMetricFamily("asyncops_database_max_connections", "Connections that the server takes", allowed)
