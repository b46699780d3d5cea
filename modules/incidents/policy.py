"""Who may do what to an incident: everybody works on any, administrators delete."""

from __future__ import annotations

from asyncops.actor import Actor


def require_may_delete(actor: Actor) -> None:
    """Refuse members; raises Forbidden."""
    actor.require_admin()
