"""The link that ends mails: a signature over whose they are and of what kind, valid as long as the mail is kept."""

from __future__ import annotations

from itsdangerous import BadData

from asyncops.extensions import settings
from asyncops.signing import signer
from modules.notifications.errors import UnsubscribeLinkInvalid
from modules.notifications.matrix import MATRIX

EVERYTHING = "*"
PURPOSE = "unsubscribe"
PATH = "/api/notifications/unsubscribe"


def unsubscribe_link(user_id: int, event: str) -> str:
    """Where one says that this kind of mail, or with `EVERYTHING` every kind, was the last."""
    return f"{settings().base_url}{PATH}?token={signer(PURPOSE).dumps([user_id, event])}"


def read(token: str) -> tuple[int, str]:
    """Whose mails of which event; raises UnsubscribeLinkInvalid."""
    try:
        user_id, event = signer(PURPOSE).loads(token)
    except (BadData, ValueError, TypeError) as error:
        raise UnsubscribeLinkInvalid from error
    if event != EVERYTHING and event not in MATRIX:  # a kind that a later release no longer has
        raise UnsubscribeLinkInvalid
    return int(user_id), str(event)
