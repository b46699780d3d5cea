"""Waiting for, and killing, real processes."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from pathlib import Path

from asyncops.embedded.child import signal_group


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def children(pid: int) -> list[int]:
    """What the process has forked and is still there."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` of the process and everything it forked, at once."""
    for child in children(process.pid):  # a work-horse leads a group of its own
        os.kill(child, signal.SIGKILL)
    signal_group(process, signal.SIGKILL)
    process.wait()
