"""Every route of the OpenAPI document, called as a signed-in administrator with what it wants."""

from __future__ import annotations

import os
import re
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import requests

from tests.faults.lab import PASSWORD, Lab
from tests.waiting import HANG, eventually

DECISION = {"title": "t", "description": "d", "context": "c", "outcome": "o", "decision_date": "2026-03-02"}
WEBHOOK = {"url": "http://localhost:1/hook", "events": ["status_update.created"]}
BODIES: dict[tuple[str, str], Any] = {
    ("post", "/api/auth/login"): {"email": "max@example.org", "password": PASSWORD},
    ("post", "/api/auth/forgot-password"): {"email": "max@example.org"},
    ("patch", "/api/users/me"): {"full_name": "The Boss"},
    ("post", "/api/users/me/change-password"): {"current_password": "not-it-1", "new_password": "another-horse-1"},
    ("patch", "/api/users/{user_id}"): {"is_active": True},
    ("post", "/api/status"): {"title": "t", "content": "c"},
    ("patch", "/api/status/{update_id}"): {"title": "new"},
    ("post", "/api/incidents"): {"title": "t", "description": "d"},
    ("patch", "/api/incidents/{incident_id}"): {"title": "new"},
    ("patch", "/api/incidents/{incident_id}/status"): {"status": "in_progress"},
    ("patch", "/api/incidents/{incident_id}/assign"): {"assigned_to_id": None},
    ("post", "/api/blockers"): {"description": "d", "impact": "i"},
    ("patch", "/api/blockers/{blocker_id}"): {"impact": "none"},
    ("patch", "/api/blockers/{blocker_id}/resolve"): {"resolution_notes": "done"},
    ("post", "/api/decisions"): DECISION,
    ("patch", "/api/decisions/{decision_id}"): {"title": "new"},
    ("patch", "/api/notifications/{notification_id}"): {"is_read": True},
    ("put", "/api/notifications/preferences"): {"email_mode": "immediate"},
    ("post", "/api/webhooks"): WEBHOOK,
    ("patch", "/api/webhooks/{webhook_id}"): {"description": "new"},
}
WITHOUT_DATABASE = {("get", "/api/config"), ("get", "/api/notifications/unsubscribe")}
"""What answers from the settings alone, or from a signed link."""


@dataclass(frozen=True)
class Called:
    """A route, and how it answered."""

    route: tuple[str, str]
    status: int
    retry_after: str | None
    seconds: float


class Routes:
    """All of them, and records for them to speak of."""

    def __init__(self, lab: Lab) -> None:
        self._lab = lab
        self.all = [
            (method, path)
            for path, operations in lab.ask("GET", "/api/openapi.json").json()["paths"].items()
            for method in operations
            if method != "parameters"
        ]
        self.prepare()

    def prepare(self) -> None:
        """Sign in, and make a record of each kind."""
        lab = self._lab
        self._headers = lab.sign_in("boss@example.org")

        def make(path: str, body: Any = None) -> int:
            answer = lab.ask("POST", path, json=body, headers=self._headers)
            assert answer.ok, answer.text
            return int(answer.json()["id"])

        ((max_id,),) = lab.sql("SELECT id FROM users WHERE email = 'max@example.org'")
        webhook = make("/api/webhooks", WEBHOOK)
        self._ids = {
            "webhook_id": webhook,
            "update_id": make("/api/status", {"title": "t", "content": "c"}),
            "incident_id": make("/api/incidents", {"title": "t", "description": "d"}),
            "blocker_id": make("/api/blockers", {"description": "d", "impact": "i"}),
            "decision_id": make("/api/decisions", DECISION | {"participant_ids": [max_id]}),
            "invitation_id": make("/api/users/invitations", {"email": f"guest-{webhook}@example.org"}),
            "summary_id": make("/api/summaries/generate"),
            "user_id": max_id,
        }
        assert lab.ask("POST", "/api/notifications/test", headers=self._headers).ok
        about = {
            "delivery_id": "SELECT max(id) FROM webhook_deliveries",
            "notification_id": "SELECT max(id) FROM notifications WHERE event = 'user.test'",
        }
        self._ids |= {name: lab.sql(statement)[0][0] for name, statement in about.items()}
        links = [str(mail["List-Unsubscribe"]) for mail in self._mails()]
        self._reset = _token(lab.run("reset-link", "max@example.org"))
        self._unsubscribe = _token(links[0])

    def _mails(self) -> list[Any]:
        def with_link() -> list[Any]:
            mails = self._lab.postbox.mails
            # Of a person of whose mails nobody keeps count.
            return [mail for mail in mails if mail["List-Unsubscribe"] and "max@example.org" in str(mail["To"])]

        found: list[Any] = eventually(with_link, "a mail")
        return found

    def walk(self, port: int | None = None) -> list[Called]:
        """Call them one after the other; the web process at the port, or the usual one."""
        later = [route for route in self.all if route[0] == "delete" or route[1].endswith("/logout")]
        earlier = [route for route in self.all if route not in later]
        return [self.call(*route, port=port) for route in (*earlier, *later)]

    def call(self, method: str, path: str, *, port: int | None = None) -> Called:
        body = BODIES.get((method, path))
        query = {"q": "it"} if path == "/api/search" else {}
        if path == "/api/auth/reset-password":
            body = {"token": self._reset, "new_password": PASSWORD}
        if path == "/api/auth/register":
            body = {"email": f"new-{self._ids['update_id']}@example.org", "password": PASSWORD, "full_name": "New"}
        if (method, path) == ("post", "/api/users/invitations"):
            body = {"email": f"invited-{self._ids['update_id']}@example.org"}
        if path.endswith("/unsubscribe"):
            query = {"token": self._unsubscribe}
        with requests.Session() as session:
            session.trust_env = False
            began = time.monotonic()
            answer = session.request(
                method,
                f"http://127.0.0.1:{port or self._lab.port}{path.format(**self._ids)}",
                params=query,
                json=body,
                headers=self._headers,
                timeout=HANG,
            )
            seconds = time.monotonic() - began
        return Called((method, path), answer.status_code, answer.headers.get("Retry-After"), seconds)


def _token(link: str) -> str:
    found = re.search(r"token=([\w.~-]+)", link)
    assert found, link
    return found[1]


# The states that they are called in


@contextmanager
def database_stopped(lab: Lab) -> Iterator[int | None]:
    lab.postgres.stop()
    try:
        yield None
    finally:
        lab.postgres.start()


@contextmanager
def database_frozen(lab: Lab) -> Iterator[int | None]:
    """Every web process has connections open to it."""
    lab.freeze_postgres()
    try:
        yield None
    finally:
        lab.thaw_postgres()


@contextmanager
def database_unreachable(lab: Lab) -> Iterator[int | None]:
    """Packets to its address vanish: nobody takes connections from this socket, and its queue is full."""
    with ExitStack() as stack:
        hole = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.settimeout(0)
            waiting.connect_ex(hole.getsockname())
        url = f"postgresql+psycopg://asyncops:secret@127.0.0.1:{hole.getsockname()[1]}/asyncops"
        port = stack.enter_context(lab.another_web(DATABASE_URL=url))
        yield port


@contextmanager
def redis_stopped(lab: Lab) -> Iterator[int | None]:
    lab.valkey.stop()
    try:
        yield None
    finally:
        lab.valkey.start()


@contextmanager
def redis_frozen(lab: Lab) -> Iterator[int | None]:
    os.kill(lab.valkey.pid, signal.SIGSTOP)
    try:
        yield None
    finally:
        os.kill(lab.valkey.pid, signal.SIGCONT)


DATABASE_AWAY = (database_stopped, database_frozen, database_unreachable)
STATES = (*DATABASE_AWAY, redis_stopped, redis_frozen)
