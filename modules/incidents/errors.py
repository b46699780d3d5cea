"""Why incidents refuse."""

from asyncops.errors import InvalidState, NotFound


class IncidentNotFound(NotFound):
    """There is no such incident."""

    detail = "Incident not found"


class AssignedUserNotFound(NotFound):
    """The person to assign does not exist or is not active."""

    detail = "Assigned user not found"


class IncidentArchived(InvalidState):
    """Archived incidents are read-only."""

    detail = "Archived incidents can't be changed; unarchive it first"


class IncidentNotArchived(InvalidState):
    """Only what was put aside may be deleted."""

    detail = "Can only delete archived incidents"


class TransitionNotAllowed(InvalidState):
    """The state machine has no such step."""

    def __init__(self, current: str, wanted: str, allowed: tuple[str, ...]) -> None:
        """Refuse, and say which steps there are."""
        super().__init__(f"Can't change status from {current} to {wanted}. Allowed: {', '.join(allowed)}")
