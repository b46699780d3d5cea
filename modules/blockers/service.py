"""What people can do with blockers. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from datetime import date
from typing import Any

from asyncops.actor import Actor
from asyncops.changes import ABSENT, Absent
from asyncops.clock import day_bounds, utcnow
from asyncops.database import IfMatch, require_version
from asyncops.events import publish
from asyncops.extensions import db
from asyncops.pagination import Page, PageRequest
from modules.blockers import policy, queries
from modules.blockers.errors import RelatedIncidentNotFound, RelatedStatusUpdateNotFound
from modules.blockers.events import (
    BlockerArchived,
    BlockerCreated,
    BlockerDeleted,
    BlockerReopened,
    BlockerResolved,
    BlockerUnarchived,
    BlockerUpdated,
)
from modules.blockers.models import Blocker
from modules.incidents import service as incidents
from modules.status_updates import service as status_updates


def report_blocker(
    actor: Actor,
    *,
    description: str,
    impact: str,
    related_status_id: int | None = None,
    related_incident_id: int | None = None,
) -> Any:
    """Report a blocker; raises RelatedStatusUpdateNotFound, RelatedIncidentNotFound."""
    _require_related(related_status_id, related_incident_id)
    blocker = Blocker(
        description=description,
        impact=impact,
        reported_by_id=actor.id,
        related_status_id=related_status_id,
        related_incident_id=related_incident_id,
    )
    db.session.add(blocker)
    db.session.flush()  # the event and the answer need the id
    publish(BlockerCreated(actor, blocker.subject))
    return queries.blocker_row(blocker.id)


def get_blocker(actor: Actor, blocker_id: int) -> Any:  # noqa: ARG001 - everybody may read
    """One blocker; raises BlockerNotFound."""
    return queries.blocker_row(blocker_id)


def list_blockers(
    actor: Actor,
    *,
    page: PageRequest,
    archived: bool = False,
    status: list[str] | None = None,
    reported_by_id: int | None = None,
    related_status_id: int | None = None,
    related_incident_id: int | None = None,
    start_date: date | None = None,
    end_date: date | None = None,
    search: str | None = None,
) -> Page:
    """Blockers active first; dates are whole days in the caller's time zone, both ends included."""
    since, until = day_bounds(start_date, end_date, actor.timezone)
    return queries.list_blockers(
        page,
        archived=archived,
        status=status,
        reported_by_id=reported_by_id,
        related_status_id=related_status_id,
        related_incident_id=related_incident_id,
        since=since,
        until=until,
        search=search,
    )


def edit_blocker(
    actor: Actor,
    blocker_id: int,
    *,
    description: str | Absent = ABSENT,
    impact: str | Absent = ABSENT,
    related_status_id: int | Absent | None = ABSENT,
    related_incident_id: int | Absent | None = ABSENT,
    if_match: IfMatch = None,
) -> Any:
    """Change what a blocker says or points to; raises BlockerArchived, Related...NotFound, Stale."""
    # The related rows first: who deletes one locks it before the blockers that point to it.
    _require_related(
        None if related_status_id is ABSENT else related_status_id,
        None if related_incident_id is ABSENT else related_incident_id,
    )
    blocker = _lock(blocker_id, if_match)
    changes = blocker.edit(
        description=description,
        impact=impact,
        related_status_id=related_status_id,
        related_incident_id=related_incident_id,
    )
    if changes:
        publish(BlockerUpdated(actor, blocker.subject, changes))
    return queries.blocker_row(blocker_id)


def resolve_blocker(
    actor: Actor, blocker_id: int, *, resolution_notes: str | Absent | None = ABSENT, if_match: IfMatch = None
) -> Any:
    """Resolve a blocker. The row lock makes two clicks at once one resolution. Raises BlockerArchived, Stale."""
    blocker = _lock(blocker_id, if_match)
    if changes := blocker.resolve(notes=resolution_notes, at=utcnow()):
        publish(BlockerResolved(actor, blocker.subject, changes))
    return queries.blocker_row(blocker_id)


def reopen_blocker(actor: Actor, blocker_id: int, *, if_match: IfMatch = None) -> Any:
    """Wait again; the notes stay. Raises BlockerNotResolved, ArchivedBlockerNotReopened, Stale."""
    blocker = _lock(blocker_id, if_match)
    publish(BlockerReopened(actor, blocker.subject, blocker.reopen()))
    return queries.blocker_row(blocker_id)


def archive_blocker(actor: Actor, blocker_id: int, *, if_match: IfMatch = None) -> Any:
    """Put a blocker aside; once more changes nothing."""
    blocker = _lock(blocker_id, if_match)
    if changes := blocker.set_archived(True):
        publish(BlockerArchived(actor, blocker.subject, changes))
    return queries.blocker_row(blocker_id)


def unarchive_blocker(actor: Actor, blocker_id: int, *, if_match: IfMatch = None) -> Any:
    """Take a blocker out again; once more changes nothing."""
    blocker = _lock(blocker_id, if_match)
    if changes := blocker.set_archived(False):
        publish(BlockerUnarchived(actor, blocker.subject, changes))
    return queries.blocker_row(blocker_id)


def delete_blocker(actor: Actor, blocker_id: int, *, if_match: IfMatch = None) -> None:
    """Delete an archived blocker; administrators only. Raises BlockerNotArchived, Stale."""
    policy.require_may_delete(actor)
    blocker = _lock(blocker_id, if_match)
    blocker.require_deletable()
    publish(BlockerDeleted(actor, blocker.subject))
    db.session.delete(blocker)


def release_blockers(actor: Actor, *, status_id: int | None = None, incident_id: int | None = None) -> None:
    """Let the blockers go that point to a record which is being deleted."""
    for blocker in queries.lock_related(status_id=status_id, incident_id=incident_id):
        changes = blocker.release(related_status_id=status_id, related_incident_id=incident_id)
        publish(BlockerUpdated(actor, blocker.subject, changes))


def _require_related(status_id: int | None, incident_id: int | None) -> None:
    if status_id is not None and not status_updates.hold_status_update(status_id):
        raise RelatedStatusUpdateNotFound
    if incident_id is not None and not incidents.hold_incident(incident_id):
        raise RelatedIncidentNotFound


def _lock(blocker_id: int, if_match: IfMatch) -> Blocker:
    blocker = queries.lock_blocker(blocker_id)
    require_version(blocker.version, if_match, lambda: queries.blocker_row(blocker_id))
    return blocker
