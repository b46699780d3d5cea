"""What a person wants to be told of, where and when."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any, TypedDict

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from asyncops import encryption
from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent
from asyncops.clock import utcnow
from asyncops.errors import Invalid
from asyncops.extensions import db
from modules.notifications import chat, queries
from modules.notifications.matrix import CHANNELS, MATRIX, Choices
from modules.notifications.models import Delivery, Preferences, timing_of
from modules.notifications.service.telling import OUTSIDE


class QuietHours(TypedDict):
    """From when to when, by the person's clock."""

    start: time
    end: time


def get_preferences(actor: Actor) -> dict[str, Any]:
    """The caller's matrix and wishes; the chat target is named by its service and never shown."""
    row = queries.wishes(actor.id or 0)
    quiet = {"start": row.quiet_start, "end": row.quiet_end} if row.quiet_start is not None else None
    return {
        "matrix": [
            {"event": kind.event, "description": kind.words, "locked": sorted(kind.locked), **cells}
            for kind, cells in Choices(row.choices or {}).rows()
        ],
        "quiet_hours": quiet,
        "email_mode": "daily" if row.daily_mail else "immediate",
        "digest_time": timing_of(row).digest_time,
        "timezone": row.timezone,
        "chat_service": row.chat_service,
    }


def set_preferences(
    actor: Actor,
    *,
    matrix: list[dict[str, Any]] | Absent = ABSENT,
    quiet_hours: QuietHours | Absent | None = ABSENT,
    email_mode: str | Absent = ABSENT,
    digest_time: time | Absent = ABSENT,
    chat_url: str | Absent | None = ABSENT,
) -> dict[str, Any]:
    """Change what is sent of it; absent parts, and cells of the matrix that are not named, stay. Raises Invalid."""
    preferences = _lock(actor.id or 0)
    if matrix is not ABSENT:
        preferences.choices = _with_cells(Choices(preferences.choices), matrix).changed
    if quiet_hours is not ABSENT:
        start, end = (quiet_hours["start"], quiet_hours["end"]) if quiet_hours else (None, None)
        preferences.quiet_start, preferences.quiet_end = start, end
    if email_mode is not ABSENT:
        preferences.daily_mail = email_mode == "daily"
    if digest_time is not ABSENT:
        preferences.digest_time = digest_time
    if chat_url is not ABSENT:
        _set_chat(preferences, chat_url)
    db.session.flush()  # what waits, and the answer, are read by SQL
    _retime(actor.id or 0, utcnow())
    return get_preferences(actor)


def switch_mail_off(user_id: int, events: set[str]) -> None:
    """Let no more mails of these events go to the person; what is locked stays. Once more changes nothing."""
    preferences = _lock(user_id)
    choices = Choices(preferences.choices)
    for event in sorted(events):
        choices = choices.with_cell(event, "email", on=False)
    preferences.choices = choices.changed


def _lock(user_id: int) -> Preferences:
    # Two first writes at once: the second waits for the first one's row.
    db.session.execute(insert(Preferences).values(user_id=user_id).on_conflict_do_nothing())
    return queries.lock_preferences(user_id)


def _with_cells(choices: Choices, matrix: list[dict[str, Any]]) -> Choices:
    for position, row in enumerate(matrix):
        kind = MATRIX[row["event"]]
        for channel in CHANNELS:
            if channel not in row:
                continue
            if channel in kind.locked and not row[channel]:
                raise Invalid({f"matrix.{position}.{channel}": ["This can't be switched off: it guards the account."]})
            choices = choices.with_cell(kind.event, channel, on=row[channel])
    return choices


def _set_chat(preferences: Preferences, url: str | None) -> None:
    if url is None:
        preferences.chat_url = preferences.chat_service = None
    else:
        preferences.chat_service = chat.service_of(url)
        preferences.chat_url = encryption.encrypt(url.encode())


def _retime(user_id: int, now: datetime) -> None:
    """Let what waits already go by the new wishes."""
    timing = timing_of(queries.wishes(user_id))
    for channel in OUTSIDE:
        waits = Delivery.held & Delivery.batch_id.is_(None) & Delivery.due_at.is_not(None)
        mine = (Delivery.recipient_id == user_id) & (Delivery.channel == channel)
        until = timing.held_until(channel, now) or now
        statement = update(Delivery).where(mine, waits).values(due_at=until)
        db.session.execute(statement.execution_options(synchronize_session=False))
