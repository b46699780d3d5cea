"""The application and the floor side by side on one database, and what a slice of load costs each."""

from __future__ import annotations

import http.client
import secrets
import statistics
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import psycopg
from cryptography.fernet import Fernet

from asyncops.embedded import services
from tests.benchmarks.dataset import PEOPLE, RARE, Dataset
from tests.benchmarks.floor import LISTS, make_token
from tests.benchmarks.load import HOST, Call, Load, run
from tests.benchmarks.processes import cpu_seconds, running, wait_until_it_answers
from tests.ports import free_port

WORKERS, THREADS = 2, 4
OURS = ["gunicorn", "wsgi:app", "--config", "gunicorn.conf.py"]
FLOOR = ["gunicorn", "tests.benchmarks.floor:from_environment()", "--config", "tests/benchmarks/floor.conf.py"]


@dataclass(frozen=True)
class Server:
    """One of the two, as it runs."""

    name: str
    port: int
    pid: int
    log: Path


@dataclass(frozen=True)
class Bench:
    """Everything that runs, and what is known of the data."""

    floor: Server
    ours: Server
    database_pid: int
    database: psycopg.Connection
    data: Dataset
    tokens: list[str]
    environment: dict[str, str]
    folder: Path

    def ask(self, server: Server, call: Call, token: int = 0) -> bytes:
        """One answer's body; an unexpected one ends the benchmark."""
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        headers = {"Host": HOST, "Authorization": f"Bearer {self.tokens[token]}", "X-Forwarded-Proto": "https"}
        body = None if call.body is None else orjson.dumps(call.body)
        if body:
            headers["Content-Type"] = "application/json"
        if call.keyed:
            headers["Idempotency-Key"] = secrets.token_hex(16)
        connection.request(call.method, call.path, body, headers)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        if answer.status != call.expect:
            log = server.log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{server.name}: {call.method} {call.path} was {answer.status}: {said[:500]!r}\n{log}")
        return said

    def json(self, server: Server, path: str) -> Any:
        """One answer to a GET, read."""
        return orjson.loads(self.ask(server, Call("GET", path)))


@contextmanager
def bench(*, bcrypt_rounds: int = 12, updates: int, records: int) -> Iterator[Bench]:
    """Start it all on a fresh database with so much data, in a temporary folder, with production's settings."""
    with ExitStack() as at_end:
        folder = Path(at_end.enter_context(tempfile.TemporaryDirectory(prefix="asyncops-bench-")))
        servers = at_end.enter_context(services(folder / "data"))
        environment = {
            # As behind one proxy that speaks TLS: the load generator sends what such a proxy adds.
            "ASYNCOPS_ENV": "production",
            "PUBLIC_URL": f"https://{HOST}",
            "TRUSTED_PROXIES": "1",
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": secrets.token_hex(32),
            "JWT_SECRET_KEY": secrets.token_hex(32),
            "ENCRYPTION_KEY": Fernet.generate_key().decode(),
            "DATA_DIR": str(folder),
            "WEB_CONCURRENCY": str(WORKERS),
            "WEB_THREADS": str(THREADS),
            "WEB_MAX_REQUESTS": "0",  # a worker that is replaced takes its connections along
        }
        migrated = folder / "migrate.log"
        with running(["asyncops.cli", "migrate"], environment, migrated) as process:
            if process.wait() != 0:
                raise SystemExit(migrated.read_text())
        url = servers.database_url.replace("+psycopg", "")
        database = at_end.enter_context(psycopg.connect(url, autocommit=True))
        data = Dataset(database, datetime.now(UTC))
        data.people(bcrypt_rounds=bcrypt_rounds)
        data.updates(updates)
        data.records(records)
        data.settle()
        floor = _start(at_end, "floor", FLOOR, environment, folder)
        ours = _start(at_end, "ours", OURS, environment, folder)
        tokens = [make_token(person, 1, environment["JWT_SECRET_KEY"]) for person in range(1, PEOPLE + 1)]
        if servers.postgres is None:
            raise RuntimeError("It was not started here.")
        yield Bench(floor, ours, servers.postgres.pid, database, data, tokens, environment, folder)


def _start(at_end: ExitStack, name: str, command: list[str], environment: dict[str, str], folder: Path) -> Server:
    port, log = free_port(), folder / f"{name}.log"
    process: subprocess.Popen[bytes] = at_end.enter_context(
        running([*command, "--bind", f"127.0.0.1:{port}"], environment, log)
    )
    wait_until_it_answers(port, process, log)
    return Server(name, port, process.pid, log)


def reads(bench: Bench, *, page: int = 400) -> dict[str, Call]:
    """The routes that read, by what they are called in the report."""
    found = {}
    for path in LISTS:
        name = path.rpartition("/")[2]
        found[f"{name}, first page"] = Call("GET", path)
    for path in LISTS:
        name = path.rpartition("/")[2]
        cursor = bench.json(bench.ours, f"{path}?page={page - 1}")["next_cursor"]
        found[f"{name}, page {page}"] = Call("GET", f"{path}?cursor={cursor}")
    for path in LISTS:
        name = path.rpartition("/")[2]
        first = bench.json(bench.ours, path)["items"][0]["id"]
        found[f"{name}, one record"] = Call("GET", f"{path}/{first}")
    found["me"] = Call("GET", "/api/users/me")
    found["search, rare"] = Call("GET", f"/api/search?q={RARE}")
    found["search, common"] = Call("GET", "/api/search?q=deploy")
    found["today"] = Call("GET", "/api/summaries/today")
    return found


POST = Call(
    "POST",
    "/api/status",
    {
        "title": "Moved the search index to the new cluster",
        "content": "Took **two hours** longer than planned: the snapshot was made twice.\n\n- reads go there now\n"
        "- writes follow tomorrow, after the review\n\nNext: the staging cluster.",
        "tags": ["search", "ops"],
    },
    keyed=True,
    expect=201,
)
SIGN_IN = Call("POST", "/api/auth/login", {"email": "person-7@example.org", "password": "correct-horse-1"}, spread=True)


@dataclass(frozen=True)
class Figures:
    """What a slice of load gave: requests a second, milliseconds until the answer, milliseconds of CPU a request."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu: float
    database_cpu: float

    @property
    def whole_cpu(self) -> float:
        """Of the web processes and the database."""
        return self.cpu + self.database_cpu


def median(figures: Iterable[Figures]) -> Figures:
    """Of each figure by itself."""
    all_of_them = list(figures)
    names = Figures.__dataclass_fields__
    return Figures(**{name: statistics.median(getattr(one, name) for one in all_of_them) for name in names})


def measure(bench: Bench, server: Server, load: Load) -> Figures:
    """One slice. An answer that was not expected ends the benchmark: it would have cost something else."""
    before = cpu_seconds(server.pid), cpu_seconds(bench.database_pid)
    seen = run(replace(load, port=server.port))
    after = cpu_seconds(server.pid), cpu_seconds(bench.database_pid)
    if seen.others or not seen.milliseconds:
        raise SystemExit(f"{server.name}, {load.calls[0].path}: unexpected answers {seen.others}")
    web, database = ((now - then) * 1000 / len(seen.milliseconds) for now, then in zip(after, before, strict=True))
    return Figures(seen.rate, *(seen.percentile(percent) for percent in (50, 95, 99)), web, database)


@dataclass(frozen=True)
class Beside:
    """The medians of both."""

    floor: Figures
    ours: Figures

    @property
    def ratio(self) -> float:
        """So many times the floor's CPU time takes a request in the web processes."""
        return self.ours.cpu / self.floor.cpu


def interleaved(bench: Bench, calls: list[Call], *, connections: int, seconds: float, rounds: int) -> Beside:
    """Floor, ours, floor, ours ...: what else the machine does meets both alike."""
    load = Load(0, connections, seconds, calls, bench.tokens)
    servers = (bench.floor, bench.ours)
    for server in servers:
        measure(bench, server, replace(load, seconds=min(0.3, seconds)))
    taken: dict[str, list[Figures]] = {server.name: [] for server in servers}
    for number in range(rounds):
        for server in servers:
            taken[server.name].append(measure(bench, server, replace(load, seed=number)))
    return Beside(*(median(taken[server.name]) for server in servers))
