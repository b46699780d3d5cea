"""A mail server that keeps what came."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


@dataclass(frozen=True)
class Came:
    """A mail, and when it came."""

    mail: EmailMessage
    at: float = field(default_factory=time.monotonic)


class Postbox:
    """It can let a sender wait for its answer."""

    def __init__(self) -> None:
        self.came: list[Came] = []
        self.patience = threading.Event()
        self.patience.set()
        self.url = ""

    async def _data(self, server: Any, _session: Any, envelope: Any) -> str:
        self.came.append(Came(message_from_bytes(envelope.content, policy=policy.default)))
        await server.loop.run_in_executor(None, self.patience.wait, 60)
        return "250 OK"

    handle_DATA = _data  # noqa: N815 - as aiosmtpd calls it

    @property
    def mails(self) -> list[EmailMessage]:
        return [came.mail for came in self.came]


class _Server(Controller):
    """On a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def postbox() -> Iterator[Postbox]:
    found = Postbox()
    controller = _Server(found, hostname="127.0.0.1", port=0)
    controller.start()
    found.url = f"smtp://127.0.0.1:{controller.port}"
    try:
        yield found
    finally:
        found.patience.set()
        controller.stop()
