"""Who may do what to a status update: everybody reads and posts, the author alone edits and deletes."""

from __future__ import annotations

from asyncops.actor import Actor
from modules.status_updates.errors import NotTheAuthor
from modules.status_updates.models import StatusUpdate


def require_author(actor: Actor, update: StatusUpdate) -> None:
    """Refuse everybody else, administrators too; raises NotTheAuthor."""
    if update.user_id != actor.id:
        raise NotTheAuthor
