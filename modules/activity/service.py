"""What can be done with the ledger: add to it, and read it. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from asyncops.actor import Actor
from asyncops.clock import day_bounds, format_time
from asyncops.events import Event, publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.activity import queries
from modules.activity.events import Recorded


def record(event: Event) -> None:
    """Write the event down, in the transaction that made it true."""
    db.session.flush()  # the act itself comes first: whoever clashes with another must not get as far as the ledger
    activity_id = queries.add_activity(
        action=event.action,
        actor_id=event.actor.id,
        subject_type=event.subject.type,
        subject_id=event.subject.id,
        subject_title=event.subject.title,
        changes=[
            {"field": change.field, "old": _plain(change.old), "new": _plain(change.new)} for change in event.changes
        ],
        request_id=event.actor.request_id,
    )
    publish(Recorded(event, activity_id))


def list_activity(
    actor: Actor,
    *,
    page: PageRequest,
    subject_type: str | None = None,
    subject_id: int | None = None,
    actor_id: int | None = None,
    action: str | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
) -> Page:
    """The ledger, newest first; dates are whole days in the caller's time zone, both ends included."""
    since, until = day_bounds(start_date, end_date, actor.timezone)
    return queries.list_activity(
        page,
        subject_type=subject_type,
        subject_id=subject_id,
        actor_id=actor_id,
        action=action,
        since=since,
        until=until,
    )


def history(subject_type: str, subject_id: int) -> Sequence[Any]:
    """Everything that happened to one record, newest first; also of one that is gone."""
    return queries.history(subject_type, subject_id)


def _plain(value: Any) -> Any:
    """A value as JSON has it: times and dates as on the wire, lists as lists."""
    if isinstance(value, datetime):
        return format_time(value)
    return value.isoformat() if isinstance(value, date) else value
