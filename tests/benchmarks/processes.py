"""Starting what is measured, and reading from /proc what it used (Linux)."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from asyncops.embedded.child import signal_group, spawn

ROOT = Path(__file__).parents[2]
TICK = 1 / os.sysconf("SC_CLK_TCK")
PATIENCE = 60
"""Seconds in which a server has to answer."""


@contextmanager
def running(command: list[str], env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Python program in a process group of its own, for the length of the block or of this process."""
    # One processor's arithmetic libraries are of no use here; what the surroundings set otherwise does not count.
    with log.open("ab") as file:
        process = spawn(
            [sys.executable, "-m", *command],
            death_signal=signal.SIGKILL,
            env={"PATH": os.environ["PATH"], **env},
            cwd=ROOT,
            stdout=file,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        finally:
            signal_group(process, signal.SIGKILL)


def wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path, path: str = "/healthz") -> None:
    """Until the server has an answer, whatever it is."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        try:
            connection.request("GET", path)
            connection.getresponse()
        except OSError:
            time.sleep(0.05)
        else:
            return
        finally:
            connection.close()
    raise SystemExit(f"The server on port {port} did not start:\n{log.read_text(errors='replace')[-2000:]}")


def tree(pid: int) -> list[int]:
    """The process and all that it forked, and they."""
    found = [pid]
    for one in found:
        try:
            for thread in Path(f"/proc/{one}/task").iterdir():
                found += map(int, (thread / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def cpu_seconds(pid: int) -> float:
    """What the process, its children and its ended children have used so far, in user and kernel mode."""
    return sum(map(_used, tree(pid)))


def _used(pid: int) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return sum(map(int, fields[11:15])) * TICK  # utime, stime, and those of children that were waited for


def pss_mb(pid: int) -> float:
    """Memory in MB of the process and its children; what processes share is counted once."""
    total = 0
    for one in tree(pid):
        try:
            lines = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError):
            continue
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024
