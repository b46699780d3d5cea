"""Links in mails: a signature over a row's id and expiry, made when needed and stored nowhere."""

from __future__ import annotations

from datetime import datetime

from itsdangerous import BadData

from asyncops.extensions import settings
from asyncops.signing import signer
from modules.identity.models import Invitation, PasswordReset

RESET = ("password-reset", "/reset-password")
INVITATION = ("invitation", "/register")


def sign(kind: tuple[str, str], row_id: int, expires_at: datetime) -> str:
    """The token of one row. The same row gives the same token."""
    return signer(kind[0]).dumps([row_id, int(expires_at.timestamp())])


def read(kind: tuple[str, str], token: str) -> int | None:
    """The id of the row a token was made for; None if it was not made here. The row says whether it is still good."""
    try:
        row_id, _ = signer(kind[0]).loads(token)
    except (BadData, ValueError, TypeError):
        return None
    return int(row_id)


def reset_link(reset: PasswordReset) -> str:
    """Where one sets a new password. The token stands behind a #, which browsers send to no server and no log."""
    return _link(RESET, reset.id, reset.expires_at)


def invitation_link(invitation: Invitation) -> str:
    """Where one joins; see `reset_link`."""
    return _link(INVITATION, invitation.id, invitation.expires_at)


def _link(kind: tuple[str, str], row_id: int, expires_at: datetime) -> str:
    return f"{settings().base_url}{kind[1]}#token={sign(kind, row_id, expires_at)}"
