"""Messages to chat services, through the Apprise library.

A person may choose among services whose hosts are fixed, so that nobody makes this server talk to an address of their
choice; the operator's WORKSPACE_CHAT_URL may be anything that Apprise knows.
"""

from __future__ import annotations

import re
import threading
from typing import Any

import structlog

from asyncops.deadline import OUTSIDE_SECONDS
from asyncops.errors import Invalid
from asyncops.outbox import ARRIVED, Outcome

log = structlog.get_logger(__name__)

SERVICES = {
    "discord": "Discord",
    "gchat": "Google Chat",
    "pover": "Pushover",
    "slack": "Slack",
    "tgram": "Telegram",
    "webex": "Webex",
    "workflow": "Microsoft Teams",
    "workflows": "Microsoft Teams",
    "wxteams": "Webex",
}
"""What a person may choose, by Apprise's scheme."""

# Parts of an address's query that carry its key. All others are refused: `template` would read a file of this machine.
_KEYS = {
    "gchat": frozenset({"key", "token"}),
    "workflow": frozenset({"api-version", "pa", "sp", "sv", "sig"}),
}
# Teams gives each of its webhooks a host of its own; these are Microsoft's alone.
_TEAMS_HOST = re.compile(r"([a-z0-9-]+\.)+(logic\.azure\.com|api\.powerplatform\.com)", re.IGNORECASE)

CONNECT_SECONDS, READ_SECONDS = 4.0, 8.0
_NOTHING_TO_SEE = "\u200b"  # but with it "@everyone" in a title wakes nobody


def service_of(url: str) -> str:
    """The name of the service that a person's target belongs to; raises Invalid, never with the target in it."""
    schema, _ = _open(url)
    return SERVICES[schema]


def send(url: str, *, title: str, body: str, personal: bool) -> Outcome:
    """Send one message. Never raises for what the other side does; its words may hold the target and are not kept."""
    import apprise  # noqa: PLC0415 - two hundred services: only who sends pays for it

    try:
        plugin = _open(url)[1] if personal else apprise.Apprise.instantiate(url)
    except Invalid:
        return Outcome("The chat target is not allowed any more", permanent=True)
    if plugin is None:
        return Outcome("The chat target can't be read", permanent=True)
    plugin.socket_connect_timeout, plugin.socket_read_timeout = CONNECT_SECONDS, READ_SECONDS
    answers: list[bool] = []

    def notify() -> None:
        answers.append(bool(plugin.notify(title=_tame(title), body=_tame(body), body_format=apprise.NotifyFormat.TEXT)))

    # Apprise has limits for its sockets only. The thread ends by them, at the latest with this job's process.
    thread = threading.Thread(target=notify, daemon=True)
    thread.start()
    thread.join(OUTSIDE_SECONDS)
    if thread.is_alive():
        return Outcome(f"The chat service did not answer within {OUTSIDE_SECONDS:g} s")
    return ARRIVED if answers == [True] else Outcome("The chat service did not take the message")


def _open(url: str) -> tuple[str, Any]:
    """A person's target as Apprise's scheme and plugin; raises Invalid for what is not of the list."""
    from apprise import Apprise  # noqa: PLC0415 - as above
    from apprise.plugins import url_to_dict  # noqa: PLC0415

    parts = url_to_dict(url) or {}  # type: ignore[no-untyped-call] # Apprise has types for its face only
    schema = parts.get("schema", "")
    if schema not in SERVICES:
        raise Invalid({"chat_url": [f"It must be an address of {', '.join(sorted(set(SERVICES.values())))}."]})
    if unknown := parts["qsd"].keys() - _KEYS.get(schema, frozenset()):
        raise Invalid({"chat_url": [f"It must not have options ({', '.join(sorted(unknown))})."]})
    if SERVICES[schema] == "Microsoft Teams" and not (
        _TEAMS_HOST.fullmatch(parts["host"] or "") and parts["port"] in {None, 443}
    ):
        raise Invalid({"chat_url": ["It is not a Teams webhook's address: its host must be Microsoft's."]})
    plugin = Apprise.instantiate(parts)
    if plugin is None or len(plugin) != 1:
        raise Invalid({"chat_url": ["It must be complete, with its keys, and lead to one place."]})
    return schema, plugin


def _tame(text: str) -> str:
    return text.replace("@", "@" + _NOTHING_TO_SEE)
