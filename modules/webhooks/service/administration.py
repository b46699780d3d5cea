"""Making, changing and deleting webhooks, and their secrets. A secret is shown when it is made and never again."""

from __future__ import annotations

import base64
import secrets
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import delete, func, select, update

from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent
from asyncops.clock import utcnow
from asyncops.database import IfMatch, require_version
from asyncops.encryption import encrypt
from asyncops.errors import Invalid
from asyncops.events import publish
from asyncops.extensions import db, settings
from asyncops.outbound import NotAllowed, check_url
from asyncops.pagination import Page, PageRequest
from modules.webhooks import policy, queries
from modules.webhooks.errors import TooManySecrets, TooManyWebhooks
from modules.webhooks.events import WebhookCreated, WebhookDeleted, WebhookSecretRotated, WebhookUpdated
from modules.webhooks.models import Webhook, WebhookSecret

MAX_WEBHOOKS = 50
MAX_SECRETS = 10
SECRET_BYTES = 32
ROTATION = timedelta(days=1)
"""For so long a replaced secret goes on signing beside the new one."""
LOCK_CLASS = 0x3EB  # the first key of our advisory lock


def create_webhook(
    actor: Actor, *, url: str, events: list[str], description: str = "", is_active: bool = True
) -> SimpleNamespace:
    """Make a webhook; the answer alone has its secret. Raises TooManyWebhooks, and Invalid for the URL."""
    policy.require_admin(actor)
    _require_good_url(url)
    # Two at once must not both be the last one; before there is a row, there is nothing else to lock.
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, 0)))
    if queries.count_webhooks() >= MAX_WEBHOOKS:
        raise TooManyWebhooks
    webhook = Webhook(url=url, events=events, description=description, is_active=is_active)
    db.session.add(webhook)
    db.session.flush()  # the secret, the event and the answer need the id
    secret = _add_secret(webhook)
    publish(WebhookCreated(actor, webhook.subject))
    return _with_secret(webhook, secret)


def get_webhook(actor: Actor, webhook_id: int) -> Any:
    """One webhook; raises WebhookNotFound."""
    policy.require_admin(actor)
    return queries.webhook_row(webhook_id)


def list_webhooks(actor: Actor, *, page: PageRequest) -> Page:
    """All webhooks, newest first."""
    policy.require_admin(actor)
    return queries.list_webhooks(page)


def edit_webhook(
    actor: Actor,
    webhook_id: int,
    *,
    url: str | Absent = ABSENT,
    description: str | Absent = ABSENT,
    events: list[str] | Absent = ABSENT,
    is_active: bool | Absent = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change a webhook. What still waits goes to the new address; switched off, nothing is sent, not even later.

    Raises WebhookNotFound, Stale, and Invalid for the URL.
    """
    policy.require_admin(actor)
    webhook = _lock(webhook_id, if_match)
    if url is not ABSENT and url != webhook.url:  # one that was good under other settings may stay
        _require_good_url(url)
    changes = webhook.edit(url=url, description=description, events=events, is_active=is_active)
    if changes:
        if not webhook.is_active:
            queries.drop_waiting(webhook_id, "The webhook was disabled")
        publish(WebhookUpdated(actor, webhook.subject, changes))
    return queries.webhook_row(webhook_id)


def delete_webhook(actor: Actor, webhook_id: int, *, if_match: IfMatch = None) -> None:
    """Hide a webhook for good; what waits is dropped, and its secrets are gone. Raises WebhookNotFound, Stale."""
    policy.require_admin(actor)
    webhook = _lock(webhook_id, if_match)
    webhook.delete(at=utcnow())
    queries.drop_waiting(webhook_id, "The webhook was deleted")
    db.session.execute(delete(WebhookSecret).where(WebhookSecret.webhook_id == webhook_id))
    publish(WebhookDeleted(actor, webhook.subject))


def rotate_secret(actor: Actor, webhook_id: int, *, if_match: IfMatch = None) -> SimpleNamespace:
    """Make a new secret; the answer alone has it. Each replaced one signs for another day.

    So a rotation that was asked for twice, or whose answer was lost, breaks no receiver. Raises WebhookNotFound,
    TooManySecrets, Stale.
    """
    policy.require_admin(actor)
    webhook = _lock(webhook_id, if_match)
    now = utcnow()
    if len(queries.signing_secrets(webhook_id, at=now)) >= MAX_SECRETS:
        raise TooManySecrets
    current = (WebhookSecret.webhook_id == webhook_id) & WebhookSecret.ends_at.is_(None)
    db.session.execute(update(WebhookSecret).where(current).values(ends_at=now + ROTATION))
    secret = _add_secret(webhook)
    webhook.touch()
    publish(WebhookSecretRotated(actor, webhook.subject))
    return _with_secret(webhook, secret)


def _lock(webhook_id: int, if_match: IfMatch) -> Webhook:
    webhook = queries.lock_webhook(webhook_id)
    require_version(webhook.version, if_match, lambda: queries.webhook_row(webhook_id))
    return webhook


def _require_good_url(url: str) -> None:
    try:
        check_url(url, settings())
    except NotAllowed as problem:
        raise Invalid({"url": [str(problem)]}) from problem


def _add_secret(webhook: Webhook) -> str:
    secret = "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    db.session.add(WebhookSecret(webhook_id=webhook.id, secret=encrypt(secret.encode())))
    return secret


def _with_secret(webhook: Webhook, secret: str) -> SimpleNamespace:
    db.session.flush()  # the answer is read by SQL
    return SimpleNamespace(**queries.webhook_row(webhook.id)._asdict(), secret=secret)
