"""What a notification says in one line. Pure: from a row with the act, to words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from modules.notifications.matrix import TEST

SYSTEM = "AsyncOps"
_FIELDS = {"participant_ids": "participants", "decision_date": "date", "full_name": "name", "email": "e-mail"}


def title(row: Any) -> str:
    """What it is about."""
    return "A test" if row.event == TEST else str(row.subject_title)


def actor(row: Any) -> str:
    """Who did it."""
    return str(row.actor.full_name) if row.actor is not None and row.actor.id is not None else SYSTEM


def why(row: Any) -> str:
    """Why one is told: `Sam assigned this incident to you`."""
    return _SENTENCES[row.event](row)


def what_is_critical(row: Any) -> str:
    """What somebody did that makes everybody look up."""
    return "opened a critical incident" if row.action == "incident.created" else "raised this incident to critical"


def _account(row: Any) -> str:
    if row.action == "user.password_changed":
        return "Your password was changed"
    if row.action == "user.role_changed":
        return f"{actor(row)} changed your role{_from_to(row, 'role')}"
    if row.action == "user.reactivated":
        return f"{actor(row)} let you in again"
    change = _change(row, "email")
    return f"Your e-mail is now {change['new']}" if change else f"{actor(row)} changed your {_changed(row)}"


def _changed(row: Any) -> str:
    names = [_FIELDS.get(change["field"], change["field"].replace("_", " ")) for change in row.changes]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _from_to(row: Any, field: str) -> str:
    change = _change(row, field)
    return f" from {_word(change['old'])} to {_word(change['new'])}" if change else ""


def _word(value: Any) -> str:
    return str(value).replace("_", " ")


def _change(row: Any, field: str) -> dict[str, Any] | None:
    return next((change for change in row.changes or () if change["field"] == field), None)


_SENTENCES: Mapping[str, Callable[[Any], str]] = {
    "incident.assigned": lambda row: f"{actor(row)} assigned this incident to you",
    "user.mentioned": lambda row: f"{actor(row)} mentioned you",
    "incident.created": lambda row: f"{actor(row)} {what_is_critical(row)}",
    "incident.status_changed": lambda row: f"{actor(row)} changed the status{_from_to(row, 'status')}",
    "blocker.created": lambda row: f"{actor(row)} raised a blocker on your work",
    "blocker.resolved": lambda row: f"{actor(row)} resolved your blocker",
    "decision.created": lambda row: f"{actor(row)} recorded a decision with you",
    "decision.updated": lambda row: f"{actor(row)} changed {_changed(row)}",
    "summary.generated": lambda _: "The daily summary is ready",
    "user.updated": _account,
    "webhook.disabled": lambda _: "This webhook was switched off: its receiver kept failing",
    TEST: lambda _: "It works: you asked for this test",
}
