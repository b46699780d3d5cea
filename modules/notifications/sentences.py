"""What a notification says in one line. Pure: from a row with the act, to words."""

from __future__ import annotations

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
    who = actor(row)
    match row.event:
        case "incident.assigned":
            return f"{who} assigned this incident to you"
        case "user.mentioned":
            return f"{who} mentioned you"
        case "incident.created":
            return f"{who} {what_is_critical(row)}"
        case "incident.status_changed":
            return f"{who} changed the status{_from_to(row, 'status')}"
        case "blocker.created":
            return f"{who} raised a blocker on your work"
        case "blocker.resolved":
            return f"{who} resolved your blocker"
        case "decision.created":
            return f"{who} recorded a decision with you"
        case "decision.updated":
            return f"{who} changed {_changed(row)}"
        case "summary.generated":
            return "The daily summary is ready"
        case "webhook.disabled":
            return "This webhook was switched off: its receiver kept failing"
        case _:
            return "It works: you asked for this test" if row.event == TEST else _account(row, who)


def what_is_critical(row: Any) -> str:
    """What somebody did that makes everybody look up."""
    return "opened a critical incident" if row.action == "incident.created" else "raised this incident to critical"


def _account(row: Any, who: str) -> str:
    match row.action:
        case "user.password_changed":
            return "Your password was changed"
        case "user.role_changed":
            return f"{who} changed your role{_from_to(row, 'role')}"
        case "user.reactivated":
            return f"{who} let you in again"
        case _:
            change = _change(row, "email")
            return f"Your e-mail is now {change['new']}" if change else f"{who} changed your {_changed(row)}"


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
