"""PUBLIC: what can be done with webhooks. No Flask, no HTTP, no commit in here."""

from modules.webhooks.service.administration import (
    create_webhook,
    delete_webhook,
    edit_webhook,
    get_webhook,
    list_webhooks,
    rotate_secret,
)
from modules.webhooks.service.deliveries import (
    announce,
    get_delivery,
    list_deliveries,
    purge_done,
    replay_delivery,
)
from modules.webhooks.service.sending import deliver

__all__ = [
    "announce",
    "create_webhook",
    "delete_webhook",
    "deliver",
    "edit_webhook",
    "get_delivery",
    "get_webhook",
    "list_deliveries",
    "list_webhooks",
    "purge_done",
    "replay_delivery",
    "rotate_secret",
]
