"""Why decisions refuse."""

from asyncops.errors import Forbidden, NotFound


class DecisionNotFound(NotFound):
    """There is no such decision, or it was deleted."""

    detail = "Decision not found"


class ParticipantsNotFound(NotFound):
    """Somebody who should take part does not exist or is not active."""

    detail = "One or more participant users not found"


class NotTheCreator(Forbidden):
    """Only who recorded it, or an administrator, edits or deletes."""

    detail = "Only the creator or an administrator can change a decision"
