"""Who may do what: everybody reads, administrators ask for a summary by hand."""

from __future__ import annotations

from asyncops.actor import Actor
from asyncops.errors import Forbidden


def require_may_generate(actor: Actor) -> None:
    """Refuse members; raises Forbidden."""
    if not actor.is_admin:
        raise Forbidden("Only an administrator may do this")
