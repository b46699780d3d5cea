"""What the two servers have in common: a folder, a port, a log, and being started, watched and stopped."""

import fcntl
import os
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar

from asyncops.embedded.child import signal_group
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.logs import last_line

POLL = 0.01  # seconds between two looks


class Service(ABC):
    """A server on 127.0.0.1 with its data in `<data_dir>/<name>`. It keeps its port for the life of this object."""

    name: ClassVar[str]
    stop_signal: ClassVar[signal.Signals]
    patience = 5.0  # seconds that a server left over from a killed supervisor has to go

    def __init__(self, data_dir: Path, password: str, *, durable: bool = True) -> None:
        """Nothing is made or started yet; only a free port is chosen."""
        self.data_dir = data_dir.resolve()
        self.folder = self.data_dir / self.name
        self.log = self.data_dir / "log" / f"{self.name}.log"
        self.password = password
        self.durable = durable
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._answered = False

    @property
    @abstractmethod
    def url(self) -> str:
        """Where clients connect, password included."""

    @abstractmethod
    def launch(self) -> None:
        """Start the process, making its data first if there is none, and don't wait for it."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether our own process takes commands. EmbeddedError if it refuses our password."""

    def start(self, timeout: float = 60) -> None:
        """Start and wait until it answers; EmbeddedError after `timeout` seconds, or if it keeps ending."""
        deadline = time.monotonic() + timeout
        for attempt in range(4):
            self.launch()
            while self.running and time.monotonic() < deadline:
                if self.answers():
                    self._answered = True
                    return
                time.sleep(POLL)
            if time.monotonic() >= deadline:
                break
            if not self._answered:  # nobody knows the port yet, and somebody may have taken it in the meantime
                self.port = free_port()
            time.sleep(0.2 * attempt)
        self.kill()
        raise EmbeddedError(f"{self.name} does not start; {self.log} ends with: {last_line(self.log)}")

    @contextmanager
    def alone(self) -> Iterator[int]:
        """The folder's descriptor, locked. A child that inherits it holds the lock until its last process is gone.

        So two servers never write one folder. EmbeddedError if another one is still there after `patience`.
        """
        descriptor = os.open(self.folder, os.O_RDONLY)
        deadline = time.monotonic() + self.patience
        try:
            while not _lock(descriptor):
                if time.monotonic() >= deadline:
                    raise EmbeddedError(f"a {self.name} of an earlier run still uses {self.folder}: stop it first")
                time.sleep(POLL)
            yield descriptor
        finally:
            os.close(descriptor)

    @property
    def running(self) -> bool:
        """Whether our process lives, ready or not."""
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        """The server's process id; EmbeddedError before the first start."""
        if self.process is None:
            raise EmbeddedError(f"{self.name} was not started")
        return self.process.pid

    def stop(self, timeout: float = 30) -> None:
        """Stop cleanly; after `timeout` seconds by force. Nothing if it does not run."""
        if self.process is None:
            return
        if self.running:
            self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        if self.process is not None and self.running:
            signal_group(self.process, signal.SIGKILL)
            self.process.wait()


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on at the moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
