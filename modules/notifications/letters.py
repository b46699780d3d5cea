"""The mails about what happened: one for one act, or one for all that waited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from asyncops.actor import SYSTEM
from asyncops.errors import NotFound
from asyncops.extensions import settings
from asyncops.mail import Block, Button, Heading, Items, Link, Mail, Paragraph, Quote
from asyncops.pages import page_of
from modules.blockers import service as blockers
from modules.daily_summaries import service as daily_summaries
from modules.decisions import service as decisions
from modules.incidents import service as incidents
from modules.notifications import links, sentences
from modules.notifications.matrix import MATRIX, TEST
from modules.notifications.summary_letter import summary_blocks
from modules.status_updates import service as status_updates

LONGEST_QUOTE = 600
LONGEST_BATCH = 50

_SAYS: Mapping[str, Callable[[int], str]] = {
    "status_update": lambda record_id: str(status_updates.get_status_update(SYSTEM, record_id).content),
    "incident": lambda record_id: str(incidents.get_incident(SYSTEM, record_id).description),
    "blocker": lambda record_id: str(blockers.get_blocker(SYSTEM, record_id).description),
    "decision": lambda record_id: str(decisions.get_decision(SYSTEM, record_id).outcome),
}
_NOUN = {
    "status_update": "update",
    "incident": "incident",
    "blocker": "blocker",
    "decision": "decision",
    "user": "account",
    "webhook": "webhook",
}


def letter(row: Any, *, message_id: str, to: str) -> Mail:
    """The mail of one delivery."""
    if row.event == "summary.generated":
        return _summary(row, message_id=message_id, to=to)
    # The same words for all mails of a record: mail programs keep them together.
    subject = f"{sentences.title(row)} ({_NOUN[row.subject_type]} {row.subject_id})" if row.event != TEST else "A test"
    return Mail(
        id=message_id,
        to=_address(row) or to,
        subject=subject,
        blocks=tuple(_blocks(row)),
        thread=None if row.event == TEST else f"{row.subject_type.replace('_', '-')}-{row.subject_id}",
        unsubscribe=_unsubscribe(row.recipient_id, row.event),
        made_at=row.created_at,
        reason=_reason(row.event),
    )


def batch_letter(rows: Sequence[Any], *, message_id: str, made_at: datetime, to: str) -> Mail:
    """One mail for all that waited, record by record."""
    blocks: list[Block] = []
    by_record = sorted(rows, key=lambda row: (row.subject_type or "", row.subject_id or 0, row.id))
    for _, group in groupby(by_record[:LONGEST_BATCH], key=lambda row: (row.subject_type, row.subject_id)):
        acts = list(group)
        blocks.append(Paragraph(Link(sentences.title(acts[0]), address(acts[0]))))
        blocks.append(Items(*((sentences.why(act),) for act in acts)))
    if left_out := len(rows) - LONGEST_BATCH:
        blocks.append(Paragraph(f"… and {left_out} more") if left_out > 0 else Paragraph(""))
    blocks.append(Button("Open the inbox", f"{settings().base_url}/inbox"))
    return Mail(
        id=message_id,
        to=to,
        subject=f"{len(rows)} notifications from {settings().workspace_name}",
        blocks=tuple(blocks),
        unsubscribe=_unsubscribe(rows[0].recipient_id, links.EVERYTHING),
        made_at=made_at,
        reason="You get this mail because these came up in your quiet hours, or because you chose one mail a day.",
    )


def address(row: Any) -> str:
    """Where one reads on."""
    return settings().base_url + ("/inbox" if row.event == TEST else page_of(row.subject_type, row.subject_id))


def _blocks(row: Any) -> list[Block]:
    blocks: list[Block] = [Paragraph(f"{sentences.why(row)}.")]
    if row.event == TEST:
        return [*blocks, Button("Open the inbox", address(row))]
    blocks.append(Heading(sentences.title(row)))
    if row.action.endswith(".created") or row.event in {"incident.assigned", "user.mentioned"}:
        blocks += _quote(row)
    blocks += [
        Quote(str(change["new"])) for change in row.changes if change["field"] == "resolution_notes" and change["new"]
    ]
    return [*blocks, Button(f"Open the {_NOUN[row.subject_type]}", address(row))]


def _quote(row: Any) -> list[Block]:
    """The beginning of what the record says now; nothing where it is gone."""
    says = _SAYS.get(row.subject_type)
    if says is None:
        return []
    try:
        text = says(row.subject_id).strip()
    except NotFound:
        return []
    return [Quote(text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()} …")]


def _summary(row: Any, *, message_id: str, to: str) -> Mail:
    summary = daily_summaries.get_summary(SYSTEM, row.subject_id)
    return Mail(
        id=message_id,
        to=to,
        subject=f"{settings().workspace_name}: {row.subject_title}",
        blocks=(*summary_blocks(summary.content), Button("Read it all", address(row))),
        thread="daily-summary",
        unsubscribe=_unsubscribe(row.recipient_id, row.event),
        made_at=row.created_at,
        reason=_reason(row.event),
    )


def _address(row: Any) -> str | None:
    """The old address, when the address changed: whoever took the account must not be the only one to know."""
    changes = row.changes if row.action == "user.updated" else ()
    return next((change["old"] for change in changes if change["field"] == "email"), None)


def _reason(event: str) -> str:
    if event == TEST:
        return "You get this mail because you asked for a test."
    return f"You get this mail because you want to be told: {MATRIX[event].words}."


def _unsubscribe(user_id: int, event: str) -> str | None:
    locked = event == TEST or (event in MATRIX and "email" in MATRIX[event].locked)
    return None if locked else links.unsubscribe_link(user_id, event)
