"""A running AsyncOps with the demo team, in a folder of its own, for what looks at it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import Browser, BrowserContext

from asyncops.embedded.child import spawn
from tests.browser.chromium import SIZES
from tests.ports import free_port

ROOT = Path(__file__).parents[2]
PATIENCE = 120
"""Seconds from nothing to a running application, on a busy machine."""

ADMIN = ("ada@velotools.example", "demo-admin-1")
MEMBER = ("mara@velotools.example", "demo-team-1")


@dataclass(frozen=True)
class Demo:
    """Where it is, and the session cookies of a member and of an administrator."""

    site: str
    member: dict[str, str]
    admin: dict[str, str]
    paths: dict[str, str]
    """Pages by name: the lists, and one record of each kind."""

    def open(
        self, browser: Browser, cookies: dict[str, str], size: str, theme: str = "light", *, scale: float = 1
    ) -> BrowserContext:
        """A signed-in browser with an empty cache."""
        context = browser.new_context(
            base_url=self.site,
            viewport=SIZES[size],
            device_scale_factor=scale,
            has_touch=size == "phone",
            color_scheme=theme,
            reduced_motion="reduce",
            locale="en-GB",
            timezone_id="Europe/Berlin",
        )
        context.add_cookies([{"name": name, "value": value, "url": self.site} for name, value in cookies.items()])
        return context


@contextmanager
def demo() -> Iterator[Demo]:
    """`asyncops up --demo` for the length of the block; nothing of it stays."""
    with tempfile.TemporaryDirectory(prefix="asyncops-demo-") as folder:
        site = f"http://127.0.0.1:{free_port()}"
        env = {
            "PATH": os.environ["PATH"],
            "DATA_DIR": folder,
            "PORT": site.rpartition(":")[2],
            "PUBLIC_URL": site,
            "ASYNCOPS_ADMIN_EMAIL": ADMIN[0],
            "ASYNCOPS_ADMIN_PASSWORD": ADMIN[1],
            "BCRYPT_ROUNDS": "4",
            "RATELIMIT_ENABLED": "0",
        }
        output = Path(folder) / "output"
        with output.open("wb") as file:
            command = [sys.executable, "-m", "asyncops.cli", "up", "--demo"]
            process = spawn(command, death_signal=signal.SIGTERM, env=env, cwd=ROOT, stdout=file)
        try:
            _wait(process, output)
            member, admin = _sign_in(site, *MEMBER), _sign_in(site, *ADMIN)
            _make_summaries(site, admin)
            yield Demo(site, member, admin, _paths(site, member))
        finally:
            process.terminate()
            process.wait()


def _wait(process: subprocess.Popen[bytes], output: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while "AsyncOps is running" not in (said := output.read_text(errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The demo did not start:\n{said}")
        time.sleep(0.1)


def _sign_in(site: str, email: str, password: str) -> dict[str, str]:
    answer = requests.post(f"{site}/api/auth/login", json={"email": email, "password": password}, timeout=30)
    answer.raise_for_status()
    return dict(answer.cookies)


def _make_summaries(site: str, admin: dict[str, str]) -> None:
    headers = {"X-CSRF-TOKEN": admin["csrf_access_token"]}
    for days in range(7, -1, -1):
        day = datetime.now(UTC).date() - timedelta(days=days)
        query = {"summary_date": day.isoformat(), "force_update": "true"}
        answer = requests.post(
            f"{site}/api/summaries/generate", params=query, cookies=admin, headers=headers, timeout=30
        )
        answer.raise_for_status()


def _paths(site: str, member: dict[str, str]) -> dict[str, str]:
    def first(path: str, **query: Any) -> int:
        answer = requests.get(f"{site}/api/{path}", params={"limit": 1, **query}, cookies=member, timeout=30)
        answer.raise_for_status()
        found: int = answer.json()["items"][0]["id"]
        return found

    return {
        "today": "/",
        "updates": "/updates",
        "update": f"/updates/{first('status')}",
        "incidents": "/incidents",
        "incident": f"/incidents/{first('incidents')}",
        "blockers": "/blockers",
        "blocker": f"/blockers/{first('blockers')}",
        "decisions": "/decisions",
        "decision": f"/decisions/{first('decisions')}",
        "summaries": "/summaries",
        "summary": f"/summaries/{first('summaries')}",
        "search": "/search?q=checkout",
        "inbox": "/inbox",
        "notifications": "/notifications",
        "profile": "/profile",
    }
