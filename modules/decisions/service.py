"""What people can do with decisions. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete

from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent, Change
from asyncops.clock import utcnow
from asyncops.database import IfMatch, require_version
from asyncops.events import publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.activity import service as activity
from modules.decisions import policy, queries
from modules.decisions.errors import DecisionNotFound, ParticipantsNotFound
from modules.decisions.events import DecisionCreated, DecisionDeleted, DecisionUpdated
from modules.decisions.models import Decision, DecisionParticipant
from modules.identity import service as identity


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One changed field of a decision, or its creation or deletion (`field_name` None)."""

    id: str
    decision_id: int
    changed_by_id: int | None
    change_type: str
    field_name: str | None
    old_value: Any
    new_value: Any
    changed_at: datetime
    changed_by: Any


def record_decision(
    actor: Actor,
    *,
    title: str,
    description: str,
    context: str,
    outcome: str,
    decision_date: date,
    participant_ids: list[int],
    tags: list[str],
) -> Any:
    """Record a decision in the caller's name; raises ParticipantsNotFound."""
    _require_people(set(participant_ids))
    decision = Decision(
        title=title,
        description=description,
        context=context,
        outcome=outcome,
        decision_date=decision_date,
        tags=tags,
        created_by_id=actor.id,
    )
    db.session.add(decision)
    db.session.flush()  # participants, the event and the answer need the id
    _add_participants(decision, participant_ids)
    publish(DecisionCreated(actor, decision.subject))
    return queries.decision_row(decision.id)


def get_decision(actor: Actor, decision_id: int) -> Any:  # noqa: ARG001 - everybody may read
    """One decision; raises DecisionNotFound."""
    return queries.decision_row(decision_id)


def list_decisions(
    actor: Actor,  # noqa: ARG001 - everybody may read
    *,
    page: PageRequest,
    start_date: date | None = None,
    end_date: date | None = None,
    participant_id: int | None = None,
    created_by_id: int | None = None,
    tag: str | None = None,
    search: str | None = None,
) -> Page:
    """Decisions by their date, newest first."""
    return queries.list_decisions(
        page,
        start_date=start_date,
        end_date=end_date,
        participant_id=participant_id,
        created_by_id=created_by_id,
        tag=tag,
        search=search,
    )


def edit_decision(
    actor: Actor,
    decision_id: int,
    *,
    participant_ids: list[int] | Absent = ABSENT,
    if_match: IfMatch = None,
    **texts: Any,
) -> Any:
    """Change what a decision says (`texts` as in `record_decision`) or who took part.

    Raises DecisionNotFound, NotTheCreator, ParticipantsNotFound, Stale.
    """
    decision = _lock(actor, decision_id, if_match)
    changes = decision.edit(**texts)
    if participant_ids is not ABSENT:
        changes += _change_participants(decision, participant_ids)
    if changes:
        publish(DecisionUpdated(actor, decision.subject, changes))
    return queries.decision_row(decision_id)


def delete_decision(actor: Actor, decision_id: int, *, if_match: IfMatch = None) -> None:
    """Hide a decision for good; its history stays. Raises DecisionNotFound, NotTheCreator, Stale."""
    decision = _lock(actor, decision_id, if_match)
    decision.delete(at=utcnow())
    publish(DecisionDeleted(actor, decision.subject))


def audit_decision(actor: Actor, decision_id: int) -> list[AuditEntry]:  # noqa: ARG001 - everybody may read
    """Every change of a decision, newest first, one entry for each field; also of a deleted one."""
    acts = activity.history("decision", decision_id)
    if not acts:
        raise DecisionNotFound
    return [entry for act in acts for entry in _audit_entries(act)]


def _audit_entries(act: Any) -> Iterator[AuditEntry]:
    changes = act.changes or [{"field": None, "old": None, "new": None}]
    for number, change in enumerate(changes, start=1):
        yield AuditEntry(
            id=f"{act.id}-{number}",
            decision_id=act.subject_id,
            changed_by_id=act.actor.id,
            change_type=act.action.partition(".")[2],
            field_name=change["field"],
            old_value=change["old"],
            new_value=change["new"],
            changed_at=act.occurred_at,
            changed_by=act.actor,
        )


def _change_participants(decision: Decision, wanted: list[int]) -> tuple[Change, ...]:
    before = queries.participant_ids(decision.id)
    after = sorted(set(wanted))
    if before == after:
        return ()
    added, gone = [user_id for user_id in after if user_id not in before], set(before) - set(after)
    _require_people(set(added))  # who has left stays on what they took part in
    takes_part = (DecisionParticipant.decision_id == decision.id) & DecisionParticipant.user_id.in_(gone)
    db.session.execute(delete(DecisionParticipant).where(takes_part))
    _add_participants(decision, added)
    decision.touch()
    return (Change("participant_ids", before, after),)


def _add_participants(decision: Decision, user_ids: list[int]) -> None:
    unique = dict.fromkeys(user_ids)  # a repeated id counts once
    db.session.add_all(DecisionParticipant(decision_id=decision.id, user_id=user_id) for user_id in unique)
    db.session.flush()  # the answer is read by SQL


def _require_people(user_ids: set[int]) -> None:
    if user_ids and not identity.are_active(user_ids):
        raise ParticipantsNotFound


def _lock(actor: Actor, decision_id: int, if_match: IfMatch) -> Decision:
    decision = queries.lock_decision(decision_id)
    policy.require_may_change(actor, decision)
    require_version(decision.version, if_match, lambda: queries.decision_row(decision_id))
    return decision
