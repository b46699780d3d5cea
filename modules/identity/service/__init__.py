"""PUBLIC: what can be done with accounts. No Flask, no HTTP, no commit in here."""

from modules.identity.service.accounts import (
    are_active,
    create_account,
    edit_profile,
    edit_user,
    find_mentioned,
    get_profile,
    get_user,
    has_admin,
    list_users,
    register,
    users_for_assignment,
    workspace_began_at,
)
from modules.identity.service.invitations import invite, list_invitations, send_invitation, withdraw_invitation
from modules.identity.service.passwords import (
    change_password,
    make_reset_link,
    request_reset,
    reset_password,
    send_password_reset,
)
from modules.identity.service.sessions import check_token, purge_expired, sign_in, sign_out

__all__ = [
    "are_active",
    "change_password",
    "check_token",
    "create_account",
    "edit_profile",
    "edit_user",
    "find_mentioned",
    "get_profile",
    "get_user",
    "has_admin",
    "invite",
    "list_invitations",
    "list_users",
    "make_reset_link",
    "purge_expired",
    "register",
    "request_reset",
    "reset_password",
    "send_invitation",
    "send_password_reset",
    "sign_in",
    "sign_out",
    "users_for_assignment",
    "withdraw_invitation",
    "workspace_began_at",
]
