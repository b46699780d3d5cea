"""What goes over the wire about people."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate

from asyncops.clock import zone_names
from asyncops.http.schemas import Answer, EmailAddress, Id, Line, Listing, Moment, Person, Schema, Search, one_of
from modules.identity.models import ROLES
from modules.identity.service import links

# Longer texts can't be passwords; checking this early keeps them away from bcrypt.
MAX_PASSWORD_TEXT = 1000
TOKEN_LENGTH = validate.Length(1, 500)


class UserOut(Person):
    """An account."""

    role = fields.String(validate=one_of(*ROLES))
    timezone = fields.String()
    created_at = Moment()
    updated_at = Moment()


class UserToPickOut(UserOut):
    """An account that a picker offers."""

    mention = fields.String(metadata={"description": "What to insert into a text to mention the person: `@max`"})


class UserForAdminOut(UserOut):
    """An account as administrators see it."""

    last_seen_at = Moment(allow_none=True, metadata={"description": "Written at most hourly"})


def _password() -> fields.String:
    return fields.String(
        required=True,
        validate=validate.Length(1, MAX_PASSWORD_TEXT),
        metadata={
            "format": "password",
            "description": "8 characters to 72 bytes, a letter and a digit, not the e-mail",
        },
    )


class RegistrationIn(Schema):
    """Who joins."""

    email = EmailAddress(required=True)
    password = _password()
    full_name = Line(255, required=True)
    invitation_token = fields.String(validate=TOKEN_LENGTH)


class Credentials(Schema):
    """E-mail and password; the form of OAuth2's password flow calls the e-mail `username`."""

    email = Line(255, required=True)
    password = fields.String(required=True, validate=validate.Length(1, MAX_PASSWORD_TEXT))


class SignedInOut(Answer):
    """A token, and who it is for."""

    access_token = fields.String()
    token_type = fields.String(validate=one_of("bearer"))
    expires_in = fields.Integer(metadata={"description": "Seconds"})
    user = fields.Nested(UserOut)


class MessageOut(Answer):
    """A sentence that says it is done."""

    message = fields.String()


class ForgottenPasswordIn(Schema):
    """Whose password is to be reset."""

    email = EmailAddress(required=True)


class PasswordResetIn(Schema):
    """The token of a reset link and the new password."""

    token = fields.String(required=True, validate=TOKEN_LENGTH)
    new_password = _password()


class PasswordChangeIn(Schema):
    """The password as it is and as it shall be."""

    current_password = fields.String(required=True, validate=validate.Length(1, MAX_PASSWORD_TEXT))
    new_password = _password()


def _known_zone(name: str) -> None:
    if name not in zone_names():
        raise ValidationError("It must be an IANA time zone such as Europe/Madrid.")


class ProfileIn(Schema):
    """What one may change of oneself."""

    full_name = Line(255)
    email = EmailAddress()
    timezone = fields.String(
        validate=[validate.Length(1, 64), _known_zone],
        metadata={"description": "IANA name such as Europe/Madrid"},
    )


class UserIn(Schema):
    """What an administrator may change of another."""

    role = fields.String(validate=one_of(*ROLES))
    is_active = fields.Boolean(truthy={True}, falsy={False})
    full_name = Line(255)


class UserFilters(Listing):
    """Which accounts."""

    role = fields.String(validate=one_of(*ROLES))
    is_active = fields.Boolean()
    search = Search()


class PeopleFilters(Schema):
    """Which people to offer."""

    search = Search()


class InvitationIn(Schema):
    """Who is asked to join, and as what."""

    email = EmailAddress(required=True)
    role = fields.String(load_default="member", validate=one_of(*ROLES))


class InvitationOut(Answer):
    """An open invitation with its link."""

    id = Id()
    email = fields.String()
    role = fields.String(validate=one_of(*ROLES))
    invited_by_id = fields.Integer()
    created_at = Moment()
    expires_at = Moment()
    sent_at = Moment(allow_none=True, metadata={"description": "When the mail was written"})
    link = fields.Function(links.invitation_link, metadata={"type": "string"})


class ConfigOut(Answer):
    """What the sign-in page must know."""

    workspace_name = fields.String()
    registration = fields.String(validate=one_of("open", "invite", "closed"))
