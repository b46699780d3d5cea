"""The mails of accounts that are still to be sent."""

from __future__ import annotations

from asyncops.clock import utcnow
from modules.identity import queries
from modules.identity.models import Invitation, PasswordReset


def count_unsent_mails() -> int:
    """How many rows made before now wait for their mail, up to a thousand."""
    return sum(len(queries.unsent_ids(model, older_than=utcnow())) for model in (PasswordReset, Invitation))
