"""Keeps children running, shows what they say, and stops them in order. One thread, a few wake-ups a second."""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType

from asyncops.embedded.child import kill_adopted, signal_group
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.logs import bound
from asyncops.embedded.program import Program
from asyncops.embedded.service import Service

TICK = 0.1  # seconds
CHUNK = 65536  # bytes
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a restart, doubling
SETTLED = 60.0  # seconds of life after which the pauses start anew
ONE_SIGNAL = 0.5  # seconds in which a second one is the same one, passed on by `make`
GRACE = 30.0  # seconds that the programs have to finish what is in hand
COLOURS = (36, 33, 35, 32, 34, 31)


@dataclass
class Child:
    """One of the supervised, and what is known of its life."""

    runs: Program | Service
    pause: float = FIRST_PAUSE
    started: float = 0.0
    due: float | None = field(default=None)  # when to start it again; None while it runs


class Supervisor:
    """Holds the servers and programs of one `up`. Use it from the main thread, and call `stop` at the end."""

    def __init__(self) -> None:
        """Nobody to look after yet, and no signal caught."""
        self.children: list[Child] = []
        self.signals = 0
        self._stopping = False
        self._first_signal = 0.0
        self._outputs = selectors.DefaultSelector()
        self._unfinished: dict[int, bytes] = {}

    def catch_signals(self) -> None:
        """Turn Ctrl-C, a polite kill and a closed terminal into the end of `run`."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup
                signal.signal(number, self._on_signal)

    def add_running(self, service: Service) -> None:
        """Keep a server running that has been started already."""
        self.children.append(Child(service, started=time.monotonic()))

    def add(self, program: Program) -> None:
        """Start a program and keep it running."""
        child = Child(program)
        self.children.append(child)
        self._launch(child)

    def run_once(self, program: Program) -> None:
        """Run a program to its end, its output passing through. EmbeddedError if it fails; a signal ends it."""
        process = program.launch(piped=False)
        try:
            while process.poll() is None and not self.signals:
                self.tick(0.05)
        finally:
            if process.poll() is None:
                process.terminate()
                _wait(process, GRACE)
        if process.returncode != 0 and not self.signals:
            raise EmbeddedError(f"'{program.command}' failed ({_ending(process.returncode)}); its output stands above")

    def run_until(self, done: Callable[[], bool], timeout: float | None = None) -> bool:
        """Supervise until `done` (True), or until `timeout` seconds have passed or a signal came (False)."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self.signals and (deadline is None or time.monotonic() < deadline):
            if done():
                return True
            self.tick(TICK)
        return False

    def tick(self, timeout: float) -> None:
        """Show what was said within `timeout` seconds, notice who ended, start again what is due."""
        self._read(timeout)
        for child in self.children:
            process = child.runs.process
            if child.due is not None:
                if time.monotonic() >= child.due:
                    self._launch(child)
            elif process is not None and process.poll() is not None and not self._stopping:
                signal_group(process, signal.SIGTERM)  # gunicorn's workers, whose master is gone
                self._retry_later(child, _ending(process.returncode))
            if isinstance(child.runs, Service):
                bound(child.runs.log)

    def stop(self) -> None:
        """Stop the programs, then the servers, last started first; nothing is left. A second signal hurries."""
        self._stopping = True
        for child in self.children:
            child.due = None
        programs = [c.runs.process for c in self.children if isinstance(c.runs, Program) and c.runs.process]
        for process in programs:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + GRACE
        while any(process.poll() is None for process in programs) and time.monotonic() < deadline and self.signals <= 1:
            self.tick(0.05)
        for process in programs:
            if process.poll() is None:
                signal_group(process, signal.SIGKILL)
                process.wait()
        self._read(0)
        for child in reversed(self.children):
            if isinstance(child.runs, Service):
                child.runs.stop()
        kill_adopted()

    def say(self, text: str, name: str = "asyncops") -> None:
        """Print one line under a name. A reader that went away is no reason to fail, only to stop."""
        names = ["asyncops", *(child.runs.name for child in self.children)]
        head = f"{name:<{max(map(len, names))}} | "
        try:
            if sys.stdout.isatty() and not os.environ.get("NO_COLOR"):
                colour = COLOURS[names.index(name) % len(COLOURS)] if name in names else 0
                head = f"\x1b[{colour}m{head}\x1b[0m"
            sys.stdout.write(f"{head}{text}\n")
            sys.stdout.flush()
        except OSError:
            self.signals = max(self.signals, 1)

    def _launch(self, child: Child) -> None:
        child.due = None
        child.started = time.monotonic()
        try:
            child.runs.launch()
        except (EmbeddedError, OSError) as error:
            self._retry_later(child, str(error))
            return
        process = child.runs.process
        if isinstance(child.runs, Program) and process is not None and process.stdout is not None:
            self._outputs.register(process.stdout.fileno(), selectors.EVENT_READ, (child.runs.name, process.stdout))

    def _retry_later(self, child: Child, why: str) -> None:
        if time.monotonic() - child.started >= SETTLED:
            child.pause = FIRST_PAUSE
        self.say(f"{child.runs.name} ended ({why}); starting it again in {child.pause:g} s")
        child.due = time.monotonic() + child.pause
        child.pause = min(child.pause * 2, LONGEST_PAUSE)

    def _read(self, timeout: float) -> None:
        if not self._outputs.get_map():
            time.sleep(timeout)  # select() on nothing is not the same everywhere
            return
        for key, _ in self._outputs.select(timeout):
            name, pipe = key.data
            chunk = os.read(key.fd, CHUNK)
            *lines, rest = (self._unfinished.pop(key.fd, b"") + chunk).split(b"\n")
            if rest and (not chunk or len(rest) > CHUNK):  # the end, or a line that never ends
                lines, rest = [*lines, rest], b""
            for line in lines:
                self.say(line.decode(errors="replace").rstrip("\r"), name)
            if rest:
                self._unfinished[key.fd] = rest
            if not chunk:
                self._outputs.unregister(key.fd)
                pipe.close()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        now = time.monotonic()
        if self.signals == 0:
            self.signals, self._first_signal = 1, now
        elif now - self._first_signal > ONE_SIGNAL:
            self.signals = 2


def _wait(process: subprocess.Popen[bytes], timeout: float) -> None:
    try:
        process.wait(timeout)
    except subprocess.TimeoutExpired:
        signal_group(process, signal.SIGKILL)
        process.wait()


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"status {returncode}"
    return f"signal {signal.Signals(-returncode).name}"
