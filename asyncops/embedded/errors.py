"""The one error of this package."""


class EmbeddedError(Exception):
    """Something that the person at the keyboard can mend; its message is one line and says how."""
