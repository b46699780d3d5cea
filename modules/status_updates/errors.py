"""Why status updates refuse."""

from asyncops.errors import Forbidden, NotFound


class StatusUpdateNotFound(NotFound):
    """There is no such status update."""

    detail = "Status update not found"


class NotTheAuthor(Forbidden):
    """Only the author edits or deletes, not even an administrator."""

    detail = "Only the author can change a status update"
