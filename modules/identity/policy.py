"""Who may do what to accounts."""

from __future__ import annotations

import re

from zxcvbn.frequency_lists import FREQUENCY_LISTS

from asyncops.actor import Actor
from asyncops.config import Settings
from asyncops.errors import Invalid
from modules.identity.errors import LastAdmin, OwnRole, RegistrationClosed
from modules.identity.models import User

MIN_PASSWORD_CHARACTERS = 8
MAX_PASSWORD_BYTES = 72  # bcrypt reads no further; a longer one is refused, not cut
COMMON_PASSWORDS = frozenset(FREQUENCY_LISTS["passwords"])
"""Thirty thousand from leaks, in lower case: what is tried first, here and everywhere."""
PRODUCT = "asyncops"


def require_admin(actor: Actor) -> None:
    """Only administrators; raises Forbidden."""
    actor.require_admin()


def require_may_register(email: str, settings: Settings, *, invited: bool) -> None:
    """Nobody where registration is closed, the invited where it is not, others where it is open to their domain."""
    if settings.registration == "closed":
        raise RegistrationClosed("Registration is closed")
    if invited:
        return
    if settings.registration != "open":
        raise RegistrationClosed
    domain = email.rpartition("@")[2].lower()
    if settings.allowed_email_domains and domain not in {d.lower() for d in settings.allowed_email_domains}:
        raise RegistrationClosed("Registration is not open to this e-mail domain")


def require_may_change_standing(actor: Actor, user: User, active_admins: set[int]) -> None:
    """Role and active state: never one's own, and never those of the last active administrator.

    `active_admins` are locked rows, so that two administrators can't remove each other at the same moment.
    """
    if active_admins == {user.id}:
        raise LastAdmin
    if user.id == actor.id:
        raise OwnRole


def require_good_password(password: str, email: str, workspace: str, *, field: str = "password") -> None:
    """Long enough and not too long, a letter and a digit, and not what is guessed first; raises Invalid for `field`."""
    if len(password) < MIN_PASSWORD_CHARACTERS:
        problem = f"It must have at least {MIN_PASSWORD_CHARACTERS} characters."
    elif len(password.encode()) > MAX_PASSWORD_BYTES:
        problem = f"It must have at most {MAX_PASSWORD_BYTES} bytes."
    elif "\0" in password:
        problem = "It must not contain NUL characters."
    elif not re.search(r"[^\W\d_]", password) or not re.search(r"\d", password):
        problem = "It must contain at least one letter and one digit."
    elif password.casefold() == email.casefold():
        problem = "It must not be the e-mail."
    elif password.casefold() in COMMON_PASSWORDS:
        problem = "It is one of the passwords that are guessed first."
    elif _letters(password) in {PRODUCT, _letters(workspace), _letters(email.partition("@")[0])}:
        problem = "It must be more than a name from here with digits."
    else:
        return
    raise Invalid({field: [problem]})


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", text.casefold())
