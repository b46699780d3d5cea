"""Who may do what to a decision: everybody reads and records, the creator or an administrator edits and deletes."""

from __future__ import annotations

from asyncops.actor import Actor
from modules.decisions.errors import NotTheCreator
from modules.decisions.models import Decision


def require_may_change(actor: Actor, decision: Decision) -> None:
    """Refuse everybody else; raises NotTheCreator."""
    if decision.created_by_id != actor.id and not actor.is_admin:
        raise NotTheCreator
