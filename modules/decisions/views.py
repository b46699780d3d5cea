"""The columns of a decision that other modules' queries may join."""

from sqlalchemy import func

from asyncops.fulltext import Searchable
from modules.decisions.models import Decision, DecisionParticipant

decision_id = Decision.id
title = Decision.title
decision_date = Decision.decision_date
recorded_at = Decision.created_at
deleted_at = Decision.deleted_at
participant_id = DecisionParticipant.user_id
participant_decision_id = DecisionParticipant.decision_id

searchable = Searchable(
    Decision,
    id=Decision.id,
    title=Decision.title,
    document=func.concat_ws(
        "\n", Decision.title, Decision.outcome, Decision.description, Decision.context, func.words(Decision.tags)
    ),
    vector=Decision.search,
    created_at=Decision.created_at,
    there=Decision.deleted_at.is_(None),
)
