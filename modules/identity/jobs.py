"""Mails and housekeeping, one row at a time."""

from __future__ import annotations

from datetime import timedelta

from asyncops.clock import utcnow
from asyncops.jobs import enqueue_after_commit, job
from modules.identity import queries, service
from modules.identity.models import Invitation, PasswordReset

LOST_AFTER = timedelta(seconds=30)


@job("identity.send_password_reset", queue="notifications")
def send_password_reset(reset_id: int) -> None:
    """Write one reset mail. Running it again is harmless: only an unsent row is claimed."""
    service.send_password_reset(reset_id)


@job("identity.send_invitation", queue="notifications")
def send_invitation(invitation_id: int) -> None:
    """Write one invitation mail; as above."""
    service.send_invitation(invitation_id)


@job("identity.send_pending_mail", queue="notifications", retry_after=())
def send_pending_mail() -> None:
    """Nudge again what a crash or a lost queue left behind."""
    before = utcnow() - LOST_AFTER
    for reset_id in queries.unsent_ids(PasswordReset, older_than=before):
        enqueue_after_commit("identity.send_password_reset", reset_id)
    for invitation_id in queries.unsent_ids(Invitation, older_than=before):
        enqueue_after_commit("identity.send_invitation", invitation_id)


@job("identity.purge_expired", queue="maintenance", retry_after=())
def purge_expired() -> None:
    """Delete revoked tokens, resets and unaccepted invitations whose time ran out; they let nobody in any more."""
    service.purge_expired()
