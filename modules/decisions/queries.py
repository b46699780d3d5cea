"""SQL that reads decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from asyncops import fulltext
from asyncops.database import AnyRow, lock
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.decisions.errors import DecisionNotFound
from modules.decisions.models import Decision, DecisionParticipant
from modules.identity.views import person

NEWEST_FIRST = Keyset(Decision, (Decision.decision_date, Decision.id))
WIRE_TIME = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'

_creator = person("created_by")
_participant = person("participant")

# Who took part, as one JSON column: a list of decisions stays one statement, whatever it nests.
_PARTICIPANTS: ColumnElement[Any] = (
    select(
        func.coalesce(
            func.jsonb_agg(
                aggregate_order_by(
                    func.jsonb_build_object(
                        "id",
                        DecisionParticipant.id,
                        "user_id",
                        DecisionParticipant.user_id,
                        "created_at",
                        func.to_char(func.timezone("UTC", DecisionParticipant.created_at), WIRE_TIME),
                        "user",
                        _participant.as_json,
                    ),
                    DecisionParticipant.id,
                )
            ),
            func.jsonb_build_array(),
        )
    )
    .select_from(DecisionParticipant)
    .join(_participant.table, _participant.id == DecisionParticipant.user_id)
    .where(DecisionParticipant.decision_id == Decision.id)
    .correlate(Decision)
    .scalar_subquery()
)


_ROWS = select(
    Decision.id,
    Decision.title,
    Decision.description,
    Decision.context,
    Decision.outcome,
    Decision.decision_date,
    Decision.tags,
    Decision.created_by_id,
    Decision.created_at,
    Decision.updated_at,
    Decision.version,
    _creator.columns,
    _PARTICIPANTS.label("participants"),
).join(_creator.table, _creator.id == Decision.created_by_id)
_THERE = Decision.deleted_at.is_(None)
_ONE = Prepared(_ROWS.where(Decision.id == bindparam("id"), _THERE))
_SINCE = Decision.decision_date >= bindparam("since")
_UNTIL = Decision.decision_date <= bindparam("until")
_WITH = exists().where(
    DecisionParticipant.decision_id == Decision.id, DecisionParticipant.user_id == bindparam("participant_id")
)
_MADE_BY = Decision.created_by_id == bindparam("created_by_id")
_TAGGED = Decision.tags.contains(bindparam("tags"))
_FOUND = fulltext.matches(Decision.search)


def lock_decision(decision_id: int) -> Decision:
    """The decision, locked; raises DecisionNotFound for a deleted one too."""
    decision = lock(Decision, decision_id, DecisionNotFound)
    if decision.deleted_at is not None:
        raise DecisionNotFound
    return decision


def decision_row(decision_id: int) -> AnyRow:
    """One decision with its people; raises DecisionNotFound for a deleted one too."""
    row = _ONE.one_or_none(id=decision_id)
    if row is None:
        raise DecisionNotFound
    return row


def participant_ids(decision_id: int) -> list[int]:
    """Who takes part, by id."""
    statement = select(DecisionParticipant.user_id).where(DecisionParticipant.decision_id == decision_id)
    return list(db.session.scalars(statement.order_by(DecisionParticipant.user_id)))


def list_decisions(
    page: PageRequest,
    *,
    start_date: date | None,
    end_date: date | None,
    participant_id: int | None,
    created_by_id: int | None,
    tag: str | None,
    search: str | None,
) -> Page:
    """Decisions by their date, newest first; both dates included."""
    where = Where(_THERE)
    where.given(_SINCE, since=start_date)
    where.given(_UNTIL, until=end_date)
    where.given(_WITH, participant_id=participant_id)
    where.given(_MADE_BY, created_by_id=created_by_id)
    where.given(_TAGGED, tags=None if tag is None else [tag])
    where.given(_FOUND, parsed=fulltext.parse(search))
    return paginate(_ROWS, NEWEST_FIRST, page, where)
