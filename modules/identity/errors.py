"""Why identity refuses."""

from asyncops.errors import Conflict, Forbidden, InvalidState, NotFound, NotSignedIn


class EmailTaken(Conflict):
    """Another account has this e-mail, without regard to case."""

    detail = "Email already registered"


class WrongCredentials(NotSignedIn):
    """No account with this e-mail and password; which of the two is wrong is not told."""

    detail = "Incorrect email or password"


class UserInactive(Forbidden):
    """The account was deactivated."""

    detail = "User account is inactive"


class SessionEnded(NotSignedIn):
    """The token was revoked: signed out, or the password changed."""

    detail = "The session has ended; sign in again"


class WrongPassword(InvalidState):
    """The current password given for a change is not the account's."""

    detail = "Current password is incorrect"


class ResetLinkInvalid(InvalidState):
    """Forged, used or expired."""

    detail = "The reset link is not valid or has expired; ask for a new one"


class InvitationInvalid(InvalidState):
    """Forged, used, withdrawn or expired, or made out to another e-mail."""

    detail = "The invitation is not valid or has expired; ask for a new one"


class AlreadyInvited(Conflict):
    """An open invitation for this e-mail exists."""

    detail = "This e-mail has an open invitation; withdraw it first"


class RegistrationClosed(Forbidden):
    """The workspace's setting does not let this person register."""

    detail = "Registration needs an invitation"


class UserNotFound(NotFound):
    """There is no such account."""

    detail = "User not found"


class InvitationNotFound(NotFound):
    """There is no such open invitation."""

    detail = "Invitation not found"


class LastAdmin(InvalidState):
    """It would leave the workspace without an active administrator."""

    detail = "The last active administrator can't be demoted or deactivated"


class OwnRole(InvalidState):
    """Nobody changes their own role or deactivates themselves."""

    detail = "You can't change your own role or deactivate yourself"
