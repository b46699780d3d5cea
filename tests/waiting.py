"""Waiting for what another process or thread does."""

import time
from collections.abc import Callable
from typing import Any

HANG = 120
"""Seconds after which waiting is a hang. Nothing here measures time."""


def eventually(condition: Callable[[], Any], what: str = "this") -> Any:
    """Wait until the condition holds, and give what it gave; AssertionError names what did not come about."""
    deadline = time.monotonic() + HANG
    while not (found := condition()):
        assert time.monotonic() < deadline, f"Waited {HANG} s in vain for {what}"
        time.sleep(0.02)
    return found
