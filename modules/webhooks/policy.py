"""Who may do what to webhooks: all of it is for administrators, as everything that happens here is told to them."""

from __future__ import annotations

from asyncops.actor import Actor


def require_admin(actor: Actor) -> None:
    """Refuse members; raises Forbidden."""
    actor.require_admin()
