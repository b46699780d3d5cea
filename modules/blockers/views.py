"""The columns of a blocker that other modules' queries may join."""

from modules.blockers.models import Blocker

blocker_id = Blocker.id
description = Blocker.description
status = Blocker.status
archived = Blocker.archived
reporter_id = Blocker.reported_by_id
reported_at = Blocker.created_at
resolved_at = Blocker.resolved_at
