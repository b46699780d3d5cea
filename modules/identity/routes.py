"""The HTTP face of accounts: parse, call one service function, return what it returns."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import Request
from flask.views import MethodView

from asyncops.extensions import settings
from asyncops.http.auth import current_actor, current_token, forget_browser, issue_token, session_left_behind
from asyncops.http.blueprint import Blueprint, IfMatch, Parser
from asyncops.http.limits import by_account, by_address, by_guesses, by_own_guesses
from asyncops.http.request_context import not_kept
from asyncops.http.schemas import Listing, page_of
from asyncops.pagination import Page
from modules.identity import service
from modules.identity.schemas import (
    ConfigOut,
    Credentials,
    ForgottenPasswordIn,
    InvitationIn,
    InvitationOut,
    MessageOut,
    PasswordChangeIn,
    PasswordResetIn,
    PeopleFilters,
    ProfileIn,
    RegistrationIn,
    SignedInOut,
    UserFilters,
    UserForAdminOut,
    UserIn,
    UserOut,
    UserToPickOut,
)

auth = Blueprint("auth", __name__, url_prefix="/api/auth", description="Joining, signing in and out")
users = Blueprint("users", __name__, url_prefix="/api/users", description="People", record=UserOut())
config = Blueprint("config", __name__, url_prefix="/api/config", description="What the sign-in page must know")

BLUEPRINTS = (auth, users, config)

PUBLIC: dict[str, Any] = {"security": []}
LOGIN_BODY = {
    "required": True,
    "content": {
        "application/x-www-form-urlencoded": {
            "schema": {
                "type": "object",
                "required": ["username", "password"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["password"]},
                    "username": {"type": "string", "description": "The e-mail", "minLength": 1, "maxLength": 255},
                    "password": {"type": "string", "format": "password", "minLength": 1, "maxLength": 1000},
                },
            }
        },
        "application/json": {
            "schema": {
                "type": "object",
                "required": ["email", "password"],
                "properties": {
                    "email": {"type": "string", "minLength": 1, "maxLength": 255},
                    "password": {"type": "string", "format": "password", "minLength": 1, "maxLength": 1000},
                },
            }
        },
    },
}


@auth.ARGUMENTS_PARSER.location_loader("credentials")
def _load_credentials(req: Request, schema: Any) -> Any:
    """JSON, or the form of OAuth2's password flow."""
    if req.mimetype == "application/x-www-form-urlencoded":
        return {"email": req.form.get("username", ""), "password": req.form.get("password", "")}
    return auth.ARGUMENTS_PARSER.load_json(req, schema)


@auth.route("/register")
class Registration(MethodView):
    """Joining."""

    decorators: ClassVar[list[Any]] = [by_address]

    @auth.doc(**PUBLIC)
    @auth.arguments(RegistrationIn())
    @auth.response(201, UserOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Make an account, where registration is open or with an invitation."""
        return service.register(**body)


@auth.route("/login")
class SignIn(MethodView):
    """Signing in."""

    decorators: ClassVar[list[Any]] = [by_address, *by_guesses]

    @auth.doc(**PUBLIC, requestBody=LOGIN_BODY)
    @Parser().use_args(Credentials(), location="credentials")
    @auth.response(200, SignedInOut())
    def post(self, body: dict[str, Any]) -> dict[str, Any]:
        """Sign in with e-mail and password; a browser gets its session cookies too."""
        signed_in = service.sign_in(**body, left_behind=session_left_behind())
        return {
            "access_token": issue_token(signed_in.user.id, signed_in.generation),
            "token_type": "bearer",
            "expires_in": settings().token_hours * 3600,
            "user": signed_in.user,
        }


@auth.route("/logout")
class SignOut(MethodView):
    """Signing out."""

    @auth.response(200, MessageOut())
    def post(self) -> dict[str, str]:
        """Sign out: the token that came with this request is dead from now on."""
        token = current_token()
        service.sign_out(current_actor(), token_id=token.id, expires_at=token.expires_at)
        forget_browser()
        return {"message": "Logged out successfully"}


@auth.route("/forgot-password")
class ForgottenPassword(MethodView):
    """Asking for a reset."""

    decorators: ClassVar[list[Any]] = [by_address, *by_account]

    @auth.doc(**PUBLIC)
    @auth.arguments(ForgottenPasswordIn())
    @auth.response(202, MessageOut())
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Ask for a link to set a new password; the answer is the same whether or not the account exists."""
        service.request_reset(**body)
        return {"message": "If there is such an account, a mail with a link is on its way"}


@auth.route("/reset-password")
class PasswordReset(MethodView):
    """Resetting a password."""

    decorators: ClassVar[list[Any]] = [by_address]

    @auth.doc(**PUBLIC)
    @auth.arguments(PasswordResetIn())
    @auth.response(200, MessageOut())
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Set a new password with the token of a reset link; every session ends."""
        service.reset_password(**body)
        return {"message": "The password is set; sign in with it"}


@users.route("/me")
class Me(MethodView):
    """One's own account."""

    @users.response(200, UserOut())
    def get(self) -> Any:
        """Show one's own account."""
        return service.get_profile(current_actor())

    @users.arguments(IfMatch(), location="headers")
    @users.arguments(ProfileIn())
    @users.response(200, UserOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any]) -> Any:
        """Change one's name, e-mail or time zone."""
        return service.edit_profile(current_actor(), **condition, **body)


@users.route("/me/change-password")
class OwnPassword(MethodView):
    """One's own password."""

    decorators: ClassVar[list[Any]] = [by_address, by_own_guesses]

    @users.arguments(PasswordChangeIn())
    @users.response(200, MessageOut())
    def post(self, body: dict[str, Any]) -> dict[str, str]:
        """Change one's password; other sessions end, this one goes on."""
        service.change_password(current_actor(), keep_token=current_token().id, **body)
        return {"message": "The password is changed; your other sessions have ended"}


@users.route("/for-assignment")
class PeopleForAssignment(MethodView):
    """People to pick from."""

    @users.arguments(PeopleFilters(), location="query")
    @users.response(200, UserToPickOut(many=True))
    def get(self, filters: dict[str, Any]) -> list[Any]:
        """List active people by name."""
        return service.users_for_assignment(current_actor(), **filters)


@users.route("")
class Users(MethodView):
    """All accounts."""

    @users.arguments(UserFilters(), location="query")
    @users.response(200, page_of(UserForAdminOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List accounts by name (administrators)."""
        return service.list_users(current_actor(), **filters)


@users.route("/<id:user_id>")
class OneUser(MethodView):
    """One account."""

    @users.response(200, UserForAdminOut())
    def get(self, user_id: int) -> Any:
        """Show an account (administrators)."""
        return service.get_user(current_actor(), user_id)

    @users.arguments(IfMatch(), location="headers")
    @users.arguments(UserIn())
    @users.response(200, UserForAdminOut())
    def patch(self, condition: dict[str, Any], body: dict[str, Any], user_id: int) -> Any:
        """Change another's role, state or name (administrators)."""
        return service.edit_user(current_actor(), user_id, **condition, **body)


@users.route("/invitations")
class Invitations(MethodView):
    """Open invitations."""

    decorators: ClassVar[list[Any]] = [not_kept]

    @users.arguments(Listing(), location="query")
    @users.response(200, page_of(InvitationOut))
    def get(self, filters: dict[str, Any]) -> Page:
        """List open invitations with their links (administrators)."""
        return service.list_invitations(current_actor(), **filters)

    @users.arguments(InvitationIn())
    @users.response(201, InvitationOut())
    def post(self, body: dict[str, Any]) -> Any:
        """Ask somebody to join; the link also goes by mail (administrators)."""
        return service.invite(current_actor(), **body)


@users.route("/invitations/<id:invitation_id>")
class OneInvitation(MethodView):
    """One open invitation."""

    @users.response(204)
    def delete(self, invitation_id: int) -> None:
        """Withdraw an invitation: its link stops working (administrators)."""
        service.withdraw_invitation(current_actor(), invitation_id)


@config.route("")
class PublicConfig(MethodView):
    """What the sign-in page must know."""

    @config.doc(**PUBLIC)
    @config.response(200, ConfigOut())
    def get(self) -> Any:
        """Show the workspace's name and who may register."""
        return settings()
