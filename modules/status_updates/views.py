"""The columns of a status update that other modules' queries may join."""

from sqlalchemy import func

from asyncops.fulltext import Searchable
from modules.status_updates.models import StatusUpdate

update_id = StatusUpdate.id
author_id = StatusUpdate.user_id
title = StatusUpdate.title
posted_at = StatusUpdate.created_at

searchable = Searchable(
    StatusUpdate,
    id=StatusUpdate.id,
    title=StatusUpdate.title,
    document=func.concat_ws("\n", StatusUpdate.title, StatusUpdate.content, func.words(StatusUpdate.tags)),
    vector=StatusUpdate.search,
    created_at=StatusUpdate.created_at,
)
