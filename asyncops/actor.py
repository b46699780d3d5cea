"""Who is asking: what services get instead of a request."""

from __future__ import annotations

from dataclasses import dataclass

from asyncops.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Actor:
    """The person (or the system itself, `id` None) on whose behalf something happens.

    `timezone` is the IANA name in which the person means dates; `request_id` ties rows and logs to one request.
    """

    id: int | None
    role: str
    timezone: str = "UTC"
    request_id: str | None = None

    @property
    def is_admin(self) -> bool:
        """Whether the person may do what only administrators may. The system itself is not a person."""
        return self.role == "admin"

    def require_admin(self) -> None:
        """Refuse everybody else; raises Forbidden."""
        if not self.is_admin:
            raise Forbidden("Only an administrator may do this")


SYSTEM = Actor(id=None, role="system")
