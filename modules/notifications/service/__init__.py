"""PUBLIC: what can be done with notifications. No Flask, no HTTP, no commit in here."""

from modules.notifications.service.delivering import deliver, purge
from modules.notifications.service.inbox import list_notifications, mark_notification, read_all, send_test
from modules.notifications.service.preferences import get_preferences, set_preferences
from modules.notifications.service.telling import tell
from modules.notifications.service.unsubscribing import Subscription, find_subscription, unsubscribe

__all__ = [
    "Subscription",
    "deliver",
    "find_subscription",
    "get_preferences",
    "list_notifications",
    "mark_notification",
    "purge",
    "read_all",
    "send_test",
    "set_preferences",
    "tell",
    "unsubscribe",
]
