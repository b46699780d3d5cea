"""Python programs in processes of their own, and looking at processes from outside (Linux)."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGKILL, SIGTERM

import asyncops.embedded
from asyncops.embedded.child import spawn
from tests.waiting import HANG

PROJECT = Path(asyncops.embedded.__file__).parents[2]


class Program:
    """A Python program that was started, and what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], output: Path) -> None:
        self.process = process
        self.pid = process.pid
        self._output = output

    @property
    def said(self) -> str:
        return self._output.read_text(errors="replace")

    def wait_for(self, text: str, times: int = 1) -> None:
        deadline = time.monotonic() + HANG
        while self.said.count(text) < times and self.process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.02)
        assert self.said.count(text) >= times, f"{text!r} was not said, but:\n{self.said}"

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Its exit status."""
        return self.process.wait(HANG)


@contextmanager
def program(folder: Path, code: str, *arguments: object, **variables: str) -> Iterator[Program]:
    """Run Python code, its output in a file of `folder`. It goes when the block or these tests end, however."""
    given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    modules = os.pathsep.join(filter(None, [str(PROJECT), os.environ.get("PYTHONPATH")]))
    env = given | {"PYTHONPATH": modules, "PYTHONUNBUFFERED": "1", "PATH": path} | variables
    output = folder / f"said-{time.monotonic_ns()}"
    with output.open("wb") as file:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        process = spawn(command, death_signal=SIGTERM, env=env, cwd=folder, stdout=file)
    try:
        yield Program(process, output)
    finally:
        if process.poll() is None:
            left = descendants(process.pid)
            process.terminate()
            try:
                process.wait(HANG)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pid in left:
                if is_alive(pid):
                    os.kill(pid, SIGKILL)


def descendants(pid: int) -> set[int]:
    """Children, their children and so on, without `pid` itself."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
    found, new = set[int](), {pid}
    while new:
        new = {child for child, parent in parents.items() if parent in new}
        found |= new
    return found


def is_alive(pid: int) -> bool:
    """Whether it runs. A zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def all_gone(pids: set[int]) -> Callable[[], bool]:
    return lambda: not any(map(is_alive, pids))
