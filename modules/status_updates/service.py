"""What people can do with status updates. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from datetime import date
from typing import Any

from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent
from asyncops.clock import day_bounds
from asyncops.database import IfMatch, require_version
from asyncops.events import publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.status_updates import policy, queries
from modules.status_updates.events import StatusUpdateCreated, StatusUpdateDeleted, StatusUpdateUpdated
from modules.status_updates.models import StatusUpdate, subject_of


def post_status_update(actor: Actor, *, title: str, content: str, tags: list[str]) -> Any:
    """Post an update in the caller's name."""
    update = queries.add_status_update(actor.id, title=title, content=content, tags=tags)
    publish(StatusUpdateCreated(actor, subject_of(update.id, title, content)))
    return update


def get_status_update(actor: Actor, update_id: int) -> Any:  # noqa: ARG001 - everybody may read
    """One update; raises StatusUpdateNotFound."""
    return queries.status_update_row(update_id)


def list_status_updates(
    actor: Actor,
    *,
    page: PageRequest,
    author_id: int | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    tags: list[str] | None = None,
    search: str | None = None,
) -> Page:
    """Updates newest first; dates are whole days in the caller's time zone, both ends included."""
    since, until = day_bounds(start_date, end_date, actor.timezone)
    return queries.list_status_updates(page, author_id=author_id, since=since, until=until, tags=tags, search=search)


def edit_status_update(
    actor: Actor,
    update_id: int,
    *,
    title: str | Absent = ABSENT,
    content: str | Absent = ABSENT,
    tags: list[str] | Absent = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change one's own update; raises StatusUpdateNotFound, NotTheAuthor, Stale."""
    update = queries.lock_status_update(update_id)
    _require_own(actor, update, if_match)
    if changes := update.edit(title=title, content=content, tags=tags):
        publish(StatusUpdateUpdated(actor, update.subject, changes))
    return queries.status_update_row(update_id)


def delete_status_update(actor: Actor, update_id: int, *, if_match: IfMatch = None) -> None:
    """Delete one's own update; raises as `edit_status_update`."""
    update = queries.lock_status_update_to_delete(update_id)
    _require_own(actor, update, if_match)
    publish(StatusUpdateDeleted(actor, update.subject))
    db.session.delete(update)


def hold_status_update(update_id: int) -> bool:
    """Whether there is such an update; it stays until the transaction ends, so that a record may point to it."""
    return queries.hold_status_update(update_id)


def _require_own(actor: Actor, update: StatusUpdate, if_match: IfMatch) -> None:
    policy.require_author(actor, update)
    require_version(update.version, if_match, lambda: queries.status_update_row(update.id))
