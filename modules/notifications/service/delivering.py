"""Sending what was written down: claim, act, mark. Running any of it again is harmless."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, exists
from sqlalchemy.orm import aliased

from asyncops import encryption, outbox
from asyncops.actor import SYSTEM
from asyncops.clock import utcnow
from asyncops.extensions import db, settings
from asyncops.jobs import enqueue_after_commit
from asyncops.mail import send_mail
from asyncops.outbox import Outcome
from modules.daily_summaries import service as daily_summaries
from modules.notifications import chat, letters, queries, sentences
from modules.notifications.matrix import TEST, Channel
from modules.notifications.models import Delivery, Notification, choices_of, timing_of
from modules.notifications.summary_letter import figures

KEPT = timedelta(days=30)
READ_KEPT = timedelta(days=180)
LONGEST_CHAT = 20


def deliver(delivery_id: int) -> None:
    """Send one message, or make a batch of all that waited with it; the batch is sent by a job of its own."""
    waiting = queries.find_waiting(delivery_id)
    if waiting is not None:
        _form_batch(waiting.recipient_id, waiting.channel)
        return
    delivery = outbox.claim(Delivery, delivery_id)
    if delivery is None:
        return
    if delivery.recipient_id is None:
        delivery.record(_send_to_workspace(delivery), at=utcnow())
    else:
        _send(delivery, delivery.recipient_id)


def _form_batch(recipient_id: int, channel: str) -> None:
    unread = []
    # Two jobs at once: the second waits for the first one's rows, and finds that they wait no more.
    for delivery, was_read in queries.lock_waiting(recipient_id, channel):
        if was_read:
            delivery.drop("It was read in the inbox meanwhile")
        else:
            unread.append(delivery)
    for delivery in unread:
        delivery.join(unread[0])
    if unread:
        enqueue_after_commit("notifications.deliver", unread[0].id)


def _send(delivery: Delivery, recipient_id: int) -> None:
    now, reader = utcnow(), queries.recipient(recipient_id)
    if not reader.person.is_active:
        delivery.drop("The person is not active any more")
        return
    if not delivery.urgent:
        timing = timing_of(reader)
        until = timing.quiet_until(now) if delivery.held else timing.held_until(delivery.channel, now)
        if until is not None:  # it is late, or the wishes have changed
            delivery.hold(until)
            return
    members = queries.lock_members(delivery) if delivery.batch_id is not None else ()
    rows = [
        row
        for row in queries.messages([delivery.id, *(one.id for one in members)])
        if _still_wanted(row, reader, delivery)
    ]
    if not rows:
        delivery.drop("Not wanted any more")
        return
    delivery.record(_send_by(delivery, rows, reader), at=now)
    for member in members:
        member.share_fate(delivery)


def _still_wanted(row: Any, reader: Any, delivery: Delivery) -> bool:
    channel: Channel = "email" if delivery.channel == "email" else "chat"
    return row.event == TEST or choices_of(reader).wants(row.event, channel)


def _send_by(delivery: Delivery, rows: Sequence[Any], reader: Any) -> Outcome:
    if delivery.channel == "email":
        to = reader.person.email
        mail = (
            letters.letter(rows[0], message_id=delivery.message_id, to=to)
            if len(rows) == 1
            else letters.batch_letter(rows, message_id=delivery.message_id, made_at=delivery.created_at, to=to)
        )
        return send_mail(mail, settings())
    if reader.chat_url is None:
        return Outcome("There is no chat target any more", permanent=True)
    try:
        url = encryption.decrypt(reader.chat_url).decode()
    except encryption.Unreadable as error:
        return Outcome(str(error))
    if len(rows) == 1:
        title, body = sentences.title(rows[0]), f"{sentences.why(rows[0])}\n{letters.address(rows[0])}"
    else:
        title = f"{len(rows)} notifications"
        lines = [f"{sentences.title(row)}: {sentences.why(row)}" for row in rows[:LONGEST_CHAT]]
        lines += [f"… and {len(rows) - LONGEST_CHAT} more"] if len(rows) > LONGEST_CHAT else []
        body = "\n".join([*lines, f"{settings().base_url}/inbox"])
    return chat.send(url, title=title, body=body, personal=True)


def _send_to_workspace(delivery: Delivery) -> Outcome:
    url = settings().workspace_chat_url
    if url is None:
        return Outcome("WORKSPACE_CHAT_URL is not set any more", permanent=True)
    (row,) = queries.messages([delivery.id])
    if row.subject_type == "summary":
        body = figures(daily_summaries.get_summary(SYSTEM, row.subject_id).content)
    else:
        body = f"{sentences.actor(row)} {sentences.what_is_critical(row)}"
    return chat.send(url, title=row.subject_title, body=f"{body}\n{letters.address(row)}", personal=False)


def purge() -> None:
    """Forget deliveries that are done after a month, and entries that were read after half a year."""
    now = utcnow()
    done = Delivery.due_at.is_(None) & (Delivery.created_at < now - KEPT)
    member = aliased(Delivery)
    leads_younger = exists().where(member.batch_id == Delivery.id, member.created_at >= now - KEPT)
    db.session.execute(delete(Delivery).where(done, ~leads_younger))
    delivered = exists().where(Delivery.notification_id == Notification.id)
    read = Notification.read_at.is_not(None) & (Notification.created_at < now - READ_KEPT)
    db.session.execute(delete(Notification).where(read, ~delivered))
