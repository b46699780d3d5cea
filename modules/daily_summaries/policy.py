"""Who may do what: everybody reads, administrators ask for a summary by hand."""

from __future__ import annotations

from asyncops.actor import Actor


def require_may_generate(actor: Actor) -> None:
    """Refuse members; raises Forbidden."""
    actor.require_admin()
