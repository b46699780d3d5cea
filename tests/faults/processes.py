"""Waiting for, and killing, real processes."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from asyncops.embedded.child import signal_group


def children(pid: int) -> list[int]:
    """What the process has forked and is still there."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return []


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` of the process and everything it forked, at once."""
    for child in children(process.pid):  # a work-horse leads a group of its own
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    signal_group(process, signal.SIGKILL)
    process.wait()
