"""The message of a delivery, made from the ledger each time, and its signature."""

from __future__ import annotations

from datetime import datetime
from importlib.metadata import version
from typing import Any

import orjson
from standardwebhooks import Webhook as Signer

from asyncops.clock import format_time
from asyncops.encryption import decrypt
from asyncops.extensions import settings
from asyncops.pages import PATHS, path_of
from modules.webhooks.models import message_id

USER_AGENT = f"AsyncOps/{version('asyncops')}"


def payload(delivery: Any) -> dict[str, Any]:
    """What a receiver gets: the act as the ledger has it, with the actor as they are called now."""
    return {
        "type": delivery.event,
        "timestamp": format_time(delivery.occurred_at),
        "data": {
            "activity_id": delivery.activity_id,
            "subject_type": delivery.subject_type,
            "subject_id": delivery.subject_id,
            "subject_title": delivery.subject_title,
            "url": _page(delivery),
            "actor": _actor(delivery.actor),
            "changes": delivery.changes,
        },
    }


def sealed(delivery: Any, secrets: list[bytes], *, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The body and the headers of an attempt, signed with each of the encrypted secrets; raises Unreadable."""
    body = orjson.dumps(payload(delivery))
    name = message_id(delivery.id, delivery.created_at)
    signatures = [Signer(decrypt(secret).decode()).sign(name, at, body.decode()) for secret in secrets]
    return body, {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": name,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _page(delivery: Any) -> str | None:
    if delivery.subject_type not in PATHS or delivery.event.endswith(".deleted"):
        return None
    return settings().base_url + path_of(delivery.subject_type, delivery.subject_id)


def _actor(person: Any) -> dict[str, Any] | None:
    return None if person.id is None else {"id": person.id, "full_name": person.full_name, "email": person.email}
