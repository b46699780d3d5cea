"""The columns of a decision that other modules' queries may join."""

from modules.decisions.models import Decision

decision_id = Decision.id
title = Decision.title
decision_date = Decision.decision_date
recorded_at = Decision.created_at
deleted_at = Decision.deleted_at
