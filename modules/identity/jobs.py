"""Mails and housekeeping, one row at a time."""

from __future__ import annotations

from asyncops.jobs import job
from asyncops.outbox import Outbox, register
from modules.identity import service
from modules.identity.models import Invitation, PasswordReset

register(Outbox(PasswordReset, "identity.send_password_reset", expires_at=PasswordReset.expires_at))
register(Outbox(Invitation, "identity.send_invitation", expires_at=Invitation.expires_at))


@job("identity.send_password_reset", queue="notifications")
def send_password_reset(reset_id: int) -> None:
    """Write one reset mail. Running it again is harmless: only a due row is claimed."""
    service.send_password_reset(reset_id)


@job("identity.send_invitation", queue="notifications")
def send_invitation(invitation_id: int) -> None:
    """Write one invitation mail; as above."""
    service.send_invitation(invitation_id)


@job("identity.purge_expired", queue="maintenance", retry_after=())
def purge_expired() -> None:
    """Delete revoked tokens, resets and unaccepted invitations whose time ran out; they let nobody in any more."""
    service.purge_expired()
