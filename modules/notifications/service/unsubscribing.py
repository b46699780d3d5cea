"""The way out of mails, for whoever holds one: no sign-in, one step, and it may be taken twice."""

from __future__ import annotations

from dataclasses import dataclass

from modules.notifications import links
from modules.notifications.matrix import MATRIX
from modules.notifications.service.preferences import switch_mail_off


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a link would end."""

    words: str


def find_subscription(token: str) -> Subscription:
    """What the link is for; changes nothing. Raises UnsubscribeLinkInvalid."""
    _, event = links.read(token)
    return Subscription("All mails" if event == links.EVERYTHING else MATRIX[event].words)


def unsubscribe(token: str) -> Subscription:
    """Let there be no more mails of this kind; raises UnsubscribeLinkInvalid."""
    user_id, event = links.read(token)
    switch_mail_off(user_id, set(MATRIX) if event == links.EVERYTHING else {event})
    return find_subscription(token)
