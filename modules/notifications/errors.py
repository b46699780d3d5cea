"""Why notifications refuse."""

from asyncops.errors import InvalidState, NotFound


class NotificationNotFound(NotFound):
    """There is no such notification, or it is somebody else's."""

    detail = "Notification not found"


class UnsubscribeLinkInvalid(InvalidState):
    """The link was not made here, or for something that can't be switched off."""

    detail = "This link is not valid"
