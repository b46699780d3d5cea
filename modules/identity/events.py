"""What identity tells others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class UserRegistered(Event):
    """Somebody joined."""

    action = "user.registered"


@dataclass(frozen=True, slots=True)
class UserUpdated(Event):
    """A name, e-mail or time zone changed."""

    action = "user.updated"


@dataclass(frozen=True, slots=True)
class UserRoleChanged(Event):
    """Somebody became an administrator or a member."""

    action = "user.role_changed"


@dataclass(frozen=True, slots=True)
class UserDeactivated(Event):
    """Somebody may no longer sign in."""

    action = "user.deactivated"


@dataclass(frozen=True, slots=True)
class UserReactivated(Event):
    """Somebody may sign in again."""

    action = "user.reactivated"


@dataclass(frozen=True, slots=True)
class UserPasswordChanged(Event):
    """A password was changed by its owner or reset by a link; neither value is told."""

    action = "user.password_changed"


@dataclass(frozen=True, slots=True)
class UserInvited(Event):
    """An administrator asked somebody to join."""

    action = "user.invited"


@dataclass(frozen=True, slots=True)
class UserInvitationWithdrawn(Event):
    """An administrator took an invitation back."""

    action = "user.invitation_withdrawn"


@dataclass(frozen=True, slots=True)
class UserResetLinkMade(Event):
    """An operator made a reset link on the command line."""

    action = "user.reset_link_made"
