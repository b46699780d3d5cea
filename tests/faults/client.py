"""A client that counts: what it was answered, and which of its writes were acknowledged."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

from tests.faults.lab import Lab
from tests.waiting import HANG, eventually

PEOPLE = 4
PAUSE = 0.2
"""Seconds between a person's requests: losses are to be counted here, not speed."""
TOLD_EVERY = 3
"""Of so many incidents one is assigned to somebody, who is told: a worker makes a process for each mail."""
AGAIN_AFTER = 0.2
TEXT = "It fails, as nobody has seen it fail before. " * 40


@dataclass(frozen=True)
class Answer:
    """What became of one request: a status, or the name of what was raised instead of one."""

    outcome: str
    wrote: bool
    asked_at: float
    at: float


class Client:
    """People who report incidents and read the list. A write that is not acknowledged is sent again, with its key."""

    def __init__(self, lab: Lab, name: str, headers: dict[str, str], assignee: int) -> None:
        self.name = name
        self.answers: list[Answer] = []
        self.acknowledged: dict[str, float] = {}
        """When, by title."""
        self.telling: set[str] = set()
        """Titles of which somebody has to hear."""
        self.other_ids: list[str] = []
        """Titles for which a second acknowledgement spoke of another record than the first."""
        self.headers = headers
        self._lab, self._assignee = lab, assignee
        self._stopped = threading.Event()
        self._give_up = threading.Event()

    def live(self, person: int) -> None:
        number = 0
        with requests.Session() as session:
            session.trust_env = False
            while not self._stopped.is_set():
                number += 1
                title = f"{self.name} {person}-{number}"
                self._write(session, title, twice=number % 5 == 0, tells=number % TOLD_EVERY == 1)
                time.sleep(PAUSE)
                self._ask(session, "GET", "/api/incidents?limit=5")
                time.sleep(PAUSE)

    def _write(self, session: requests.Session, title: str, *, twice: bool, tells: bool) -> None:
        body = {"title": title, "description": TEXT, "assigned_to_id": self._assignee if tells else None}
        key = {"Idempotency-Key": uuid.uuid4().hex}
        if tells:
            self.telling.add(title)
        ids = []
        while len(ids) < 1 + twice and not self._give_up.is_set():
            answer = self._ask(session, "POST", "/api/incidents", json=body, headers=key)
            if answer is not None and answer.status_code == 201:
                ids.append(answer.json()["id"])
                self.acknowledged.setdefault(title, time.monotonic())
            else:
                time.sleep(AGAIN_AFTER)
        if len(set(ids)) > 1:
            self.other_ids.append(title)

    def _ask(self, session: requests.Session, method: str, path: str, headers=None, **more) -> requests.Response | None:
        asked_at, answer = time.monotonic(), None
        try:
            url = f"http://127.0.0.1:{self._lab.port}{path}"
            answer = session.request(method, url, headers=self.headers | (headers or {}), timeout=HANG, **more)
            outcome = str(answer.status_code)
        except requests.RequestException as error:
            outcome = type(error).__name__
        self.answers.append(Answer(outcome, method == "POST", asked_at, time.monotonic()))
        return answer

    def writes(self, more: int) -> None:
        """Wait until so many more writes were acknowledged."""
        goal = len(self.acknowledged) + more
        eventually(lambda: len(self.acknowledged) >= goal, "writes to be acknowledged")

    @contextmanager
    def at_work(self) -> Iterator[None]:
        threads = [threading.Thread(target=self.live, args=(person,), daemon=True) for person in range(PEOPLE)]
        for thread in threads:
            thread.start()
        try:
            yield
            self._stopped.set()
            for thread in threads:  # what is under way is brought to its end
                thread.join(HANG)
        finally:
            self._stopped.set()
            self._give_up.set()
            for thread in threads:
                thread.join(HANG)
