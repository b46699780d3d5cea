"""The load generator: a process of its own, which reads what to do as JSON from its input and writes what it saw.

Each connection is kept open and sends its next request when the answer to the last one is there, at once or after a
pause. It reads no more of HTTP than the servers here write: status, Content-Length, body.
"""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

HOST = "bench.example.org"
END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True)
class Call:
    """A request. `keyed` gives each one an Idempotency-Key of its own, `spread` an address of its own."""

    method: str
    path: str
    body: Any = None
    keyed: bool = False
    spread: bool = False
    weight: float = 1.0
    expect: int = 200


@dataclass(frozen=True)
class Load:
    """Calls by weight, over so many connections, for so many seconds; `pause`: seconds between two, on average."""

    port: int
    connections: int
    seconds: float
    calls: list[Call]
    tokens: list[str]
    pause: float = 0.0
    seed: int = 0


@dataclass(frozen=True)
class Seen:
    """Sorted milliseconds of the expected answers, their number a second, and the others by what they were."""

    rate: float
    milliseconds: list[float]
    others: dict[str, int] = field(default_factory=dict)

    def percentile(self, percent: float) -> float:
        """The time that so many percent of the answers did not exceed."""
        place = min(len(self.milliseconds) - 1, int(len(self.milliseconds) * percent / 100))
        return self.milliseconds[place]


def run(load: Load) -> Seen:
    """Let another process do it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.load"],
        input=orjson.dumps(asdict(load)),
        stdout=subprocess.PIPE,
        check=True,
        timeout=load.seconds + 360,
    )
    return Seen(**orjson.loads(done.stdout))


class _Person(asyncio.Protocol):
    """One connection."""

    def __init__(self, load: Load, number: int, end: float) -> None:
        self.load = load
        self.number = number
        self.end = end
        self.random = random.Random(load.seed * 1000 + number)
        self.weights = [call.weight for call in load.calls]
        self.heads = [self._head(call) for call in load.calls]
        self.sent = 0
        self.buffer = b""
        self.milliseconds: list[float] = []
        self.others: Counter[str] = Counter()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _head(self, call: Call) -> tuple[Call, bytes, bytes]:
        body = b"" if call.body is None else orjson.dumps(call.body)
        token = self.load.tokens[self.number % len(self.load.tokens)]
        # As the proxy in front hands it on.
        lines = [
            f"{call.method} {call.path} HTTP/1.1",
            f"Host: {HOST}",
            f"Authorization: Bearer {token}",
            "Accept: application/json",
            "X-Forwarded-Proto: https",
            *([] if call.spread else [f"X-Forwarded-For: 10.0.{self.number // 250}.{self.number % 250}"]),
            *([f"Content-Type: application/json\r\nContent-Length: {len(body)}"] if body else []),
        ]
        return call, "\r\n".join(lines).encode(), body

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._send()

    def _send(self) -> None:
        if time.perf_counter() >= self.end:
            self._finish()
            return
        heads = self.heads
        self.call, head, body = heads[0] if len(heads) == 1 else self.random.choices(heads, self.weights)[0]
        more = b""
        if self.call.keyed:
            more += b"\r\nIdempotency-Key: %d-%d-%d" % (time.time_ns(), self.number, self.sent)
        if self.call.spread:
            more += b"\r\nX-Forwarded-For: 10.%d.%d.%d" % tuple(self.random.randbytes(3))
        self.sent += 1
        self.began = time.perf_counter()
        self.transport.write(head + more + END_OF_HEAD + body)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        head, separator, body = self.buffer.partition(END_OF_HEAD)
        if not separator:
            return
        lowered = head.lower()
        place = lowered.find(b"content-length:")
        length = int(lowered[place + 15 :].split(b"\r\n", 1)[0]) if place >= 0 else 0
        if len(body) < length:
            return
        status = int(head[9:12])
        if status == self.call.expect:
            self.milliseconds.append((time.perf_counter() - self.began) * 1000)
        else:
            self.others[str(status)] += 1
        self.buffer = b""
        if self.load.pause:
            pause = self.load.pause * (0.5 + self.random.random())
            asyncio.get_running_loop().call_later(pause, self._send)
        else:
            self._send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.over.done():
            self.others["connection lost"] += 1
            self._finish()

    def _finish(self) -> None:
        if not self.over.done():
            self.over.set_result(None)
        self.transport.close()


async def _run(load: Load) -> Seen:
    loop = asyncio.get_running_loop()
    began = time.perf_counter()
    people = [_Person(load, number, began + load.seconds) for number in range(load.connections)]

    async def come(person: _Person) -> None:
        # Else all would come at once, time and again. As with a proxy, a connection is opened when there is something
        # to ask: a server that waits for its first request would have one thread less for the others.
        await asyncio.sleep(person.random.random() * load.pause)
        await loop.create_connection(lambda: person, "127.0.0.1", load.port)
        await person.over

    await asyncio.wait_for(asyncio.gather(*(come(person) for person in people)), load.seconds + 300)
    took = time.perf_counter() - began
    milliseconds = sorted(one for person in people for one in person.milliseconds)
    others: Counter[str] = sum((person.others for person in people), Counter())
    return Seen(len(milliseconds) / took, milliseconds, dict(others))


def main() -> None:
    """Do what standard input says."""
    given = orjson.loads(sys.stdin.buffer.read())
    load = Load(**given | {"calls": [Call(**call) for call in given["calls"]]})
    sys.stdout.buffer.write(orjson.dumps(asdict(asyncio.run(_run(load)))))


if __name__ == "__main__":
    main()
