"""Look at a deployment from outside, as people and load balancers do: `python smoke.py https://ops.example.org`."""

from __future__ import annotations

import json
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable

TIMEOUT_SECONDS = 10
PATIENCE_SECONDS = 90
PAUSE_SECONDS = 3


class SmokeError(Exception):
    """Something does not answer as it should: one line for each."""


def _status(*allowed: str) -> Callable[[str, str], bool]:
    return lambda kind, body: "json" in kind and json.loads(body)["status"] in allowed


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "/healthz": _status("ok"),
    "/readyz": _status("ok", "degraded"),  # without the queue everything that people do still works
    "/api/config": lambda kind, body: "json" in kind and "registration" in json.loads(body),
    "/": lambda kind, body: (
        "html" in kind and "<script" in body
    ),  # the application's page, not a folder's or nginx's own
}
"""By path, whether the content type and the body are what the application says there."""


def look(url: str, *, patience: float = PATIENCE_SECONDS) -> None:
    """Return when all answer well; raises SmokeError if one still does not after `patience` seconds."""
    deadline = time.monotonic() + patience
    while faults := [fault for path, check in CHECKS.items() if (fault := _fault(url.rstrip("/") + path, check))]:
        if time.monotonic() >= deadline:
            raise SmokeError("\n".join(faults))
        time.sleep(PAUSE_SECONDS)


def _fault(address: str, check: Callable[[str, str], bool]) -> str | None:
    try:
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - the operator's own address
            kind, body = answer.headers.get("Content-Type", ""), answer.read().decode()
        return None if check(kind, body) else f"{address} answers something else: {body[:200]!r}"
    except (OSError, urllib.error.URLError) as error:
        return f"{address}: {error}"
    except (ValueError, KeyError) as error:
        return f"{address} answers no JSON as expected: {error!r}"


if __name__ == "__main__":
    try:
        look(sys.argv[1])
    except SmokeError as error:
        sys.exit(str(error))
    print("All answers are well.")
