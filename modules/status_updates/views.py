"""The columns of a status update that other modules' queries may join."""

from modules.status_updates.models import StatusUpdate

update_id = StatusUpdate.id
author_id = StatusUpdate.user_id
title = StatusUpdate.title
posted_at = StatusUpdate.created_at
