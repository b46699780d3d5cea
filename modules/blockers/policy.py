"""Who may do what to a blocker: everybody works on any, administrators delete."""

from __future__ import annotations

from asyncops.actor import Actor
from asyncops.errors import Forbidden


def require_may_delete(actor: Actor) -> None:
    """Refuse members; raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("Only an administrator may do this")
