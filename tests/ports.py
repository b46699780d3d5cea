"""Ports for what tests start."""

import fcntl
import os
import socket
import tempfile
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from pathlib import Path

BLOCK = 400
BLOCKS = range(20_000, 32_000, BLOCK)
"""Below those that Linux gives to whoever asks for any."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 on which nobody listens, and which no other test process is given meanwhile."""
    for port in _mine():
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("not reached")


@cache
def _mine() -> Iterator[int]:
    """The ports of one block, time and again: the block is this process's for as long as it holds the file's lock."""
    for first in BLOCKS:
        try:
            held = os.open(Path(tempfile.gettempdir()) / f"asyncops-test-ports-{first}", os.O_CREAT | os.O_RDWR, 0o600)
        except PermissionError:  # somebody else's, on a machine of many
            continue
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(held)
        else:
            return cycle(range(first, first + BLOCK))
    raise RuntimeError("Every block of ports is taken")
