"""Everything that is broken, one function each, and the table of them."""

from __future__ import annotations

import errno
import gzip
import os
import random
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from itertools import repeat
from pathlib import Path

import redis

from tests.faults.lab import Lab
from tests.faults.measuring import Run, Scenario
from tests.faults.processes import children
from tests.waiting import eventually

MB = 1024 * 1024


# Processes are killed


def web_master_killed(run: Run) -> None:
    run.over()
    run.lab.kill("web")


def web_worker_killed(run: Run) -> None:
    master = run.lab.processes["web"].pid
    for _ in range(5 if run.full else 2):
        both = eventually(lambda: len(found := children(master)) == 2 and found, "two web processes")
        os.kill(random.choice(both), signal.SIGKILL)
        run.last(short=0.2, full=1)
    run.over()


def worker_killed(run: Run) -> None:
    for _ in range(3 if run.full else 1):
        run.lab.kill("worker")
        run.last(short=0, full=3)
    run.over()


def scheduler_killed(run: Run) -> None:
    run.over()
    run.lab.kill("scheduler")


def database_backend_killed(run: Run) -> None:
    sessions = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    for _ in range(3 if run.full else 1):
        # The server itself ends all the others then, and recovers.
        eventually(lambda: _kill_one(run.lab.sql(sessions)), "a session")
        run.last(short=0, full=3)
    run.over()


def _kill_one(sessions: list[tuple[int]]) -> bool:
    for (victim,) in sessions:
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGKILL)
            return True
    return False


def database_killed(run: Run) -> None:
    _kill_all(run.lab.postgres.pid)
    run.lab.postgres.process.wait()
    run.last(short=0.5, full=2)
    run.over()
    run.lab.postgres.start()


def redis_killed(run: Run) -> None:
    run.lab.valkey.kill()
    run.last(short=0.5, full=2)
    run.over()
    run.lab.valkey.start()


def _kill_all(pid: int) -> None:
    for process in (pid, *children(pid)):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)


# Servers are restarted, stand still, or are away


def database_restarted(run: Run) -> None:
    for _ in range(3 if run.full else 1):
        run.lab.postgres.stop()
        run.lab.postgres.start()
        run.last(short=0, full=3)
    run.over()


def database_frozen(run: Run) -> None:
    run.lab.freeze_postgres()
    run.last(short=2.5, full=20)
    run.over()
    run.lab.thaw_postgres()


def database_away(run: Run) -> None:
    run.lab.postgres.stop()
    run.last(short=1, full=30)
    run.over()
    run.lab.postgres.start()


def redis_flushed(run: Run) -> None:
    with redis.Redis.from_url(run.lab.servers.redis_url) as queue:
        for _ in range(10 if run.full else 3):
            queue.flushall()
            run.last(short=0.1, full=0.5)
    run.over()


def redis_restarted(run: Run) -> None:
    for _ in range(3 if run.full else 1):
        run.lab.valkey.stop()
        run.lab.valkey.start()
        run.last(short=0, full=3)
    run.over()


def redis_frozen(run: Run) -> None:
    os.kill(run.lab.valkey.pid, signal.SIGSTOP)
    run.last(short=2.5, full=20)
    run.over()
    os.kill(run.lab.valkey.pid, signal.SIGCONT)


def redis_away(run: Run) -> None:
    run.lab.valkey.stop()
    run.last(short=1, full=60)
    run.over()
    run.lab.valkey.start()


# The disk is full


def disk_full(run: Run) -> None:
    """Database and queue are on one small disk, which another file fills to its last byte."""
    filler = run.lab.disk / "filler"
    _fill(filler)
    run.last(short=2, full=20)
    filler.unlink()
    run.over()
    if not run.lab.postgres.running:  # it ends where its log can't grow; a supervisor starts it again
        run.lab.postgres.start()


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as file:
        for size in (MB, 4096, 1):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise


# The clock is set, for worker and scheduler, over the summary's hour (in half an hour)


def clock_forwards(run: Run) -> None:
    _set_clock(run, 1)


def clock_back_and_forth(run: Run) -> None:
    _set_clock(run, 1, 0, 1, -1, 2)


def _set_clock(run: Run, *hours: int) -> None:
    """The summary's hour is in half an hour: whenever the clock is ahead one more is due, and it is one."""
    lab, days = run.lab, "SELECT count(DISTINCT summary_date) FROM daily_summaries"
    lab.sql("DELETE FROM daily_summaries")
    lab.set_summary_time(timedelta(minutes=30))
    eventually(lambda: _tick(lab) and lab.sql(days)[0][0], "the summaries of the days before")
    _ticks(run)
    ((before,),) = lab.sql(days)
    for ahead in hours:
        lab.set_clock(timedelta(hours=ahead))
        _ticks(run)
    eventually(lambda: _tick(lab) and lab.sql(days)[0][0] > before, "the summary of the day")
    lab.set_clock(timedelta())
    _ticks(run)
    run.over()
    assert lab.sql(days) == [(before + 1,)]


def _ticks(run: Run) -> None:
    for _ in range(2):
        _tick(run.lab)
        run.last(short=0.2, full=4)


def _tick(lab: Lab) -> bool:
    lab.hurry("daily_summaries.generate_due")
    time.sleep(0.3)
    return True


# What comes through nginx is slow, idle, or too much


def slow_clients(run: Run) -> None:
    lines = ("POST /api/incidents HTTP/1.1", "Host: localhost", "Content-Type: application/json", "Content-Length: 500")
    head = "\r\n".join([*lines, "", ""])
    with ExitStack() as stack:
        slow = [stack.enter_context(_connected(run.lab.port)) for _ in range(400 if run.full else 60)]
        for one in slow[::2]:
            one.sendall(head.encode())
        for byte in (head * 2)[: 30 if run.full else 2]:  # one second each: header or body, byte by byte
            for one in slow:
                with suppress(OSError):
                    one.send(byte.encode())
            time.sleep(1)
        run.client.writes(6)  # others are served meanwhile
    run.over()


def idle_connections(run: Run) -> None:
    with ExitStack() as stack:
        for _ in range(3000 if run.full else 300):
            stack.enter_context(_connected(run.lab.port))
        began = len(run.client.acknowledged)
        run.last(short=1, full=20)
        run.client.writes(5)
        assert len(run.client.acknowledged) > began
    run.over()


def large_bodies(run: Run) -> None:
    """100 MB, told beforehand and not, to nginx and past it."""
    for port in {run.lab.port, run.lab.web_port}:
        for _ in range(4 if run.full else 1):
            _refused(run, port, b"Content-Length: %d" % (100 * MB), repeat(b"x" * MB, 100))
            _refused(run, port, b"Transfer-Encoding: chunked", repeat(b"100000\r\n" + b"x" * MB + b"\r\n", 100))
    run.over()


def deep_json(run: Run) -> None:
    """As deep as a megabyte lets it be, and numbers without end."""
    for body in (b"[" * 900_000, b'{"a":' * 150_000, b'{"title":' + b"9" * 900_000 + b"}"):
        for path in (b"/api/incidents", b"/api/auth/login"):
            _refused(run, run.lab.port, b"Content-Length: %d" % len(body), iter([body]), path)
    run.over()


def compressed_bombs(run: Run) -> None:
    """Half a megabyte that would be 500 MB when unpacked: nobody unpacks it."""
    body = gzip.compress(b"\0" * (500 * MB if run.full else 100 * MB), compresslevel=9 if run.full else 6)
    before = _memory(run.lab)
    for encoding in (b"gzip", b"deflate, gzip"):
        _refused(run, run.lab.port, b"Content-Encoding: %s\r\nContent-Length: %d" % (encoding, len(body)), iter([body]))
    assert _memory(run.lab) < before + 50 * MB
    run.over()


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def _refused(run: Run, port: int, head: bytes, body: Iterator[bytes], path: bytes = b"/api/incidents") -> None:
    """Send it as a signed-in person; the answer must be a refusal, whether or not all of it was taken."""
    token = run.client.headers["Authorization"].encode()
    lines = (b"POST %s HTTP/1.1" % path, b"Host: localhost", b"Authorization: " + token, b"Connection: close", head)
    with _connected(port) as sender:
        with suppress(OSError):  # closed in our face: the answer is there all the same
            sender.sendall(b"\r\n".join(lines) + b"\r\nContent-Type: application/json\r\n\r\n")
            for part in body:
                sender.sendall(part)
        answer = b""
        with suppress(ConnectionResetError):
            while len(answer) < 12 and (more := sender.recv(4096)):
                answer += more
    if answer:
        run.statuses.append(int(answer.split()[1]))
        assert 400 <= run.statuses[-1] < 500, answer


def _memory(lab: Lab) -> int:
    """The most that a web process ever had."""
    peaks = []
    for pid in children(lab.processes["web"].pid):
        status = Path(f"/proc/{pid}/status").read_text()
        peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
    return max(peaks)


SCENARIOS = (
    Scenario(web_master_killed, "`kill -9` of gunicorn and its workers"),
    Scenario(web_worker_killed, "`kill -9` of one gunicorn worker after the other"),
    Scenario(
        worker_killed, "`kill -9` of the RQ worker and its job", covered_by="test_notifications.py, test_summary.py"
    ),
    Scenario(scheduler_killed, "`kill -9` of the scheduler"),
    Scenario(database_backend_killed, "`kill -9` of a PostgreSQL session: the server restarts itself"),
    Scenario(database_killed, "`kill -9` of all of PostgreSQL"),
    Scenario(redis_killed, "`kill -9` of Valkey", covered_by="redis_away"),
    Scenario(database_restarted, "PostgreSQL restarted"),
    Scenario(database_frozen, "PostgreSQL frozen (SIGSTOP)"),
    Scenario(database_away, "PostgreSQL away"),
    Scenario(redis_flushed, "Valkey flushed, again and again", covered_by="test_summary.py"),
    Scenario(redis_restarted, "Valkey restarted", covered_by="test_whole.py"),
    Scenario(redis_frozen, "Valkey frozen (SIGSTOP)"),
    Scenario(redis_away, "Valkey away"),
    Scenario(disk_full, "The disk of PostgreSQL and Valkey full to the last byte", needs="disk"),
    Scenario(
        clock_forwards,
        "The clock of worker and scheduler jumps forwards over the summary's hour",
    ),
    Scenario(clock_back_and_forth, "It jumps back and forth over it", covered_by="clock_forwards"),
    Scenario(slow_clients, "Clients that send a byte a second", needs="nginx"),
    Scenario(idle_connections, "Idle connections", needs="nginx"),
    Scenario(large_bodies, "Bodies of 100 MB"),
    Scenario(deep_json, "JSON 900,000 levels deep"),
    Scenario(compressed_bombs, "Compressed bombs"),
)
