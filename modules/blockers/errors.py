"""Why blockers refuse."""

from asyncops.errors import InvalidState, NotFound


class BlockerNotFound(NotFound):
    """There is no such blocker."""

    detail = "Blocker not found"


class RelatedStatusUpdateNotFound(NotFound):
    """The status update it should point to does not exist."""

    detail = "Related status update not found"


class RelatedIncidentNotFound(NotFound):
    """The incident it should point to does not exist."""

    detail = "Related incident not found"


class BlockerArchived(InvalidState):
    """Archived blockers are read-only."""

    detail = "Archived blockers can't be changed; unarchive it first"


class ArchivedBlockerNotReopened(InvalidState):
    """An archived blocker must be taken out before it is reopened."""

    detail = "Cannot reopen archived blockers"


class BlockerNotResolved(InvalidState):
    """Only what is resolved can be reopened."""

    detail = "Can only reopen resolved blockers"


class BlockerNotArchived(InvalidState):
    """Only what was put aside may be deleted."""

    detail = "Can only delete archived blockers"
