"""SQL that reads blockers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from asyncops import fulltext
from asyncops.database import AnyRow, any_of, lock
from asyncops.extensions import db
from asyncops.pagination import Keyset, Page, PageRequest, Where, paginate
from asyncops.prepared import Prepared
from modules.blockers.errors import BlockerNotFound
from modules.blockers.models import Blocker
from modules.identity.views import person

ACTIVE_FIRST = Keyset(Blocker, (Blocker.is_active, Blocker.created_at, Blocker.id))

_reporter = person("reported_by")


_ROWS = select(
    Blocker.id,
    Blocker.description,
    Blocker.impact,
    Blocker.status,
    Blocker.resolution_notes,
    Blocker.archived,
    Blocker.reported_by_id,
    Blocker.related_status_id,
    Blocker.related_incident_id,
    Blocker.created_at,
    Blocker.updated_at,
    Blocker.resolved_at,
    Blocker.version,
    _reporter.columns,
).join(_reporter.table, _reporter.id == Blocker.reported_by_id)
_ONE = Prepared(_ROWS.where(Blocker.id == bindparam("id")))
_ARCHIVED = {archived: Blocker.archived == archived for archived in (False, True)}
_IN_STATUS = any_of(Blocker.status, "status")
_ACTIVE = Blocker.is_active.is_(True)
_REPORTED_BY = Blocker.reported_by_id == bindparam("reported_by_id")
_ABOUT_STATUS = Blocker.related_status_id == bindparam("related_status_id")
_ABOUT_INCIDENT = Blocker.related_incident_id == bindparam("related_incident_id")
_SINCE = Blocker.created_at >= bindparam("since")
_UNTIL = Blocker.created_at < bindparam("until")
_FOUND = fulltext.matches(Blocker.search)


def lock_blocker(blocker_id: int) -> Blocker:
    """The blocker, locked; raises BlockerNotFound."""
    return lock(Blocker, blocker_id, BlockerNotFound)


def lock_related(*, status_id: int | None = None, incident_id: int | None = None) -> Sequence[Blocker]:
    """The blockers that point to a record, locked in the order of their ids."""
    points = Blocker.related_status_id == status_id if status_id else Blocker.related_incident_id == incident_id
    statement = select(Blocker).where(points).order_by(Blocker.id).with_for_update(key_share=True)
    return db.session.scalars(statement.execution_options(populate_existing=True)).all()


def blocker_row(blocker_id: int) -> AnyRow:
    """One blocker with its reporter; raises BlockerNotFound."""
    row = _ONE.one_or_none(id=blocker_id)
    if row is None:
        raise BlockerNotFound
    return row


def list_blockers(
    page: PageRequest,
    *,
    archived: bool,
    status: list[str] | None,
    reported_by_id: int | None,
    related_status_id: int | None,
    related_incident_id: int | None,
    since: datetime | None,
    until: datetime | None,
    search: str | None,
) -> Page:
    """Blockers active first, then newest; reported in [since, until)."""
    where = Where(_ARCHIVED[archived])
    where.given(_IN_STATUS, status=status or None)
    if status == ["active"]:
        where.add(_ACTIVE)  # says nothing new, but the index of the order can read it
    where.given(_REPORTED_BY, reported_by_id=reported_by_id)
    where.given(_ABOUT_STATUS, related_status_id=related_status_id)
    where.given(_ABOUT_INCIDENT, related_incident_id=related_incident_id)
    where.given(_SINCE, since=since)
    where.given(_UNTIL, until=until)
    where.given(_FOUND, parsed=fulltext.parse(search))
    return paginate(_ROWS, ACTIVE_FIRST, page, where)
