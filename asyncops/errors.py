"""Why something is refused. Services raise these; `asyncops.http.errors` turns them into answers."""

from __future__ import annotations

import re
from typing import Any, ClassVar

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class AppError(Exception):
    """A refusal. `detail` is a sentence a person can read; the class name gives the stable `code`."""

    detail: ClassVar[str] = "The request was refused."
    code: ClassVar[str] = "app_error"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Derive the code: `EmailTaken` is `email_taken` on the wire."""
        super().__init_subclass__(**kwargs)
        cls.code = _WORD_START.sub("_", cls.__name__).lower()

    def __init__(self, detail: str | None = None) -> None:
        """Refuse with the class's sentence, or with a more exact one."""
        super().__init__(detail or self.detail)


class NotFound(AppError):
    """There is no such record, or it is not the caller's to know."""

    detail = "Not found"


class Forbidden(AppError):
    """The caller is known and may not do this."""

    detail = "You are not allowed to do this"


class NotSignedIn(AppError):
    """Nobody valid is signed in."""

    detail = "Sign in first"


class InvalidState(AppError):
    """The record's state does not allow it."""

    detail = "The record's state does not allow this"


class Conflict(AppError):
    """It clashes with another record."""

    detail = "This clashes with another record"


class Invalid(AppError):
    """The input is wrong. `errors` maps a field (`_` for the whole) to its messages."""

    detail = "Some fields are not valid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        """Refuse with messages for each field."""
        super().__init__()
        self.errors = errors


class Stale(AppError):
    """The record changed since the caller read it. `current` is the row as it is now."""

    detail = "The record was changed meanwhile"

    def __init__(self, current: Any) -> None:
        """Refuse, and keep the current row for the answer."""
        super().__init__()
        self.current = current
