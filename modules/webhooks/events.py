"""What webhooks tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class WebhookCreated(Event):
    """An administrator let another program know of what happens here."""

    action = "webhook.created"


@dataclass(frozen=True, slots=True)
class WebhookUpdated(Event):
    """The address, the description or the wanted events changed, or it was switched on or off."""

    action = "webhook.updated"


@dataclass(frozen=True, slots=True)
class WebhookDeleted(Event):
    """Nothing is sent to it any more."""

    action = "webhook.deleted"


@dataclass(frozen=True, slots=True)
class WebhookSecretRotated(Event):
    """It has a new secret; the one before signs for another day. Neither is told."""

    action = "webhook.secret_rotated"


@dataclass(frozen=True, slots=True)
class WebhookReplayed(Event):
    """An administrator had a message sent again."""

    action = "webhook.replayed"


@dataclass(frozen=True, slots=True)
class WebhookDisabled(Event):
    """It was switched off by the system itself: nothing arrived for days, or its receiver is gone for good."""

    action = "webhook.disabled"
