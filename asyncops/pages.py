"""Where a record stands in the application: the addresses that links in answers, summaries and mails lead to."""

from __future__ import annotations

PATHS = {
    "status_update": "updates",
    "incident": "incidents",
    "blocker": "blockers",
    "decision": "decisions",
    "summary": "summaries",
}
"""The first part of a record's path, by its type."""

SHARED = {"user": "/profile", "webhook": "/admin/webhooks"}


def path_of(record_type: str, record_id: int) -> str:
    """The path of one record's page: `/incidents/12`."""
    return f"/{PATHS[record_type]}/{record_id}"


def page_of(record_type: str, record_id: int) -> str:
    """The path of the page where anything that acts are about is dealt with; people and webhooks share theirs."""
    return SHARED.get(record_type) or path_of(record_type, record_id)
