"""Why webhooks refuse."""

from asyncops.errors import Conflict, InvalidState, NotFound


class WebhookNotFound(NotFound):
    """There is no such webhook, or it was deleted."""

    detail = "Webhook not found"


class DeliveryNotFound(NotFound):
    """The webhook has no such delivery, or it was purged."""

    detail = "Delivery not found"


class TooManyWebhooks(Conflict):
    """Every act is written once for each webhook that wants it, so there is an end to them."""

    detail = "There are 50 webhooks already; delete one first"


class TooManySecrets(InvalidState):
    """All secrets of the last day sign every message."""

    detail = "The secret was rotated too often within a day; the ones before it still sign. Wait, or make a new webhook"


class WebhookIsDisabled(InvalidState):
    """Nothing is sent to a webhook that is switched off."""

    detail = "The webhook is disabled; enable it first"


class DeliveryInHand(Conflict):
    """A worker is sending it."""

    detail = "This delivery is being sent right now; look again in a moment"
