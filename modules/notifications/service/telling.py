"""From an act to rows: who is told, in the inbox and on which channels. In the transaction of the act itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, DateTime, Integer, String, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.types import TypeEngine

from asyncops import outbox
from asyncops.clock import is_past, utcnow
from asyncops.events import Event
from asyncops.extensions import db, settings
from modules.daily_summaries.events import SummaryGenerated
from modules.notifications import queries
from modules.notifications.matrix import CHANNELS, MATRIX, Channel
from modules.notifications.models import Delivery, Notification, choices_of, timing_of
from modules.notifications.reasons import ACCOUNT, Reason, became_critical, is_urgent, reasons_for

OUTSIDE: tuple[Channel, ...] = ("email", "chat")


@dataclass(frozen=True, slots=True)
class Message:
    """What goes out: on which channel, for which reason, and when (`held_until` None: at once)."""

    channel: Channel
    event: str
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """One person's part: as what they are told, where, and when each message may go out."""

    user_id: int
    event: str
    in_inbox: bool
    messages: tuple[Message, ...]


def tell(event: Event, activity_id: int) -> None:
    """Write an entry for each person who must hear of the act, and a delivery for each channel; nobody waits for it.

    A constant number of statements, however many people. The same act again adds nothing.
    """
    reasons = reasons_for(event)
    if not reasons:
        return
    now = utcnow()
    told = list(_told(event, reasons, now))
    if told:
        ids = _add_notifications(told, activity_id, now)
        waiting = [] if is_past() else [one for one in told if one.user_id in ids and one.messages]
        if waiting:
            _add_deliveries(waiting, ids, urgent=is_urgent(event), now=now)
    if not is_past() and settings().workspace_chat_url and (became_critical(event) or _is_news(event)):
        _add_workspace_delivery(event, activity_id, now)
        outbox.nudge()


def _told(event: Event, reasons: Sequence[Reason], now: datetime) -> Iterator[Told]:
    by_importance = sorted(reasons, key=lambda reason: list(MATRIX).index(reason.event))
    people = queries.audience(
        {user_id for reason in reasons for user_id in reason.user_ids},
        everybody=any(reason.everybody for reason in reasons),
        administrators=any(reason.administrators for reason in reasons),
    )
    urgent = is_urgent(event)
    for person in people:
        choices, timing = choices_of(person), timing_of(person)
        own_doing = person.id == event.actor.id
        mine = [
            reason.event
            for reason in by_importance
            if reason.applies_to(person) and (not own_doing or reason.event == ACCOUNT)
        ]
        why = {channel: name for channel in CHANNELS for name in reversed(mine) if choices.wants(name, channel)}
        if person.chat_service is None:
            why.pop("chat", None)
        if why:
            yield Told(
                person.id,
                event=next(name for name in mine if name in why.values()),
                in_inbox="inbox" in why,
                messages=tuple(
                    Message(channel, why[channel], None if urgent else timing.held_until(channel, now))
                    for channel in OUTSIDE
                    if channel in why
                ),
            )


def _add_notifications(told: Sequence[Told], activity_id: int, now: datetime) -> dict[int, int]:
    """Ids of the new entries by person; who has been told already is not among them."""
    rows = _table(
        recipient_id=(Integer, [one.user_id for one in told]),
        event=(String, [one.event for one in told]),
        in_inbox=(Boolean, [one.in_inbox for one in told]),
    )
    columns = [*rows.c.keys(), "activity_id", "created_at"]
    chosen = select(*rows.c, literal(activity_id, BigInteger), literal(now))
    statement = insert(Notification).from_select(columns, chosen).on_conflict_do_nothing()
    found = db.session.execute(statement.returning(Notification.recipient_id, Notification.id))
    return {row.recipient_id: row.id for row in found}


def _add_deliveries(told: Sequence[Told], ids: dict[int, int], *, urgent: bool, now: datetime) -> None:
    messages = [(one.user_id, message) for one in told for message in one.messages]
    rows = _table(
        recipient_id=(Integer, [user_id for user_id, _ in messages]),
        notification_id=(Integer, [ids[user_id] for user_id, _ in messages]),
        channel=(String, [message.channel for _, message in messages]),
        event=(String, [message.event for _, message in messages]),
        held=(Boolean, [message.held_until is not None for _, message in messages]),
        due_at=(DateTime(timezone=True), [message.held_until or now for _, message in messages]),
    )
    columns = [*rows.c.keys(), "urgent", "created_at"]
    db.session.execute(insert(Delivery).from_select(columns, select(*rows.c, literal(urgent), literal(now))))
    if any(message.held_until is None for _, message in messages):
        outbox.nudge()


def _add_workspace_delivery(event: Event, activity_id: int, now: datetime) -> None:
    statement = insert(Delivery).values(
        activity_id=activity_id,
        channel="workspace",
        event=event.action,
        urgent=is_urgent(event),
        due_at=now,
        created_at=now,
    )
    db.session.execute(statement.on_conflict_do_nothing())


def _is_news(event: Event) -> bool:
    return isinstance(event, SummaryGenerated) and event.is_news


def _table(**columns: tuple[type[TypeEngine[Any]] | TypeEngine[Any], list[Any]]) -> Any:
    """Rows as arrays of columns: one statement with as many parameters as columns, however many rows."""
    arrays = [literal(values, ARRAY(kind)) for kind, values in columns.values()]
    return func.unnest(*arrays).table_valued(*columns, name="told").render_derived()
