"""The columns of a blocker that other modules' queries may join."""

from sqlalchemy import func

from asyncops.fulltext import Searchable
from modules.blockers.models import MAX_SUBJECT_TITLE, Blocker

blocker_id = Blocker.id
description = Blocker.description
status = Blocker.status
archived = Blocker.archived
reporter_id = Blocker.reported_by_id
reported_at = Blocker.created_at
resolved_at = Blocker.resolved_at

_first_line = func.split_part(func.btrim(Blocker.description, " \t\r\n"), "\n", 1)
searchable = Searchable(
    Blocker,
    id=Blocker.id,
    title=func.left(_first_line, MAX_SUBJECT_TITLE),
    document=func.concat_ws("\n", Blocker.description, Blocker.impact, Blocker.resolution_notes),
    vector=Blocker.search,
    created_at=Blocker.created_at,
    archived=Blocker.archived,
)
