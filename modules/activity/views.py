"""The columns of the ledger that other modules' queries may join."""

from modules.activity.models import Activity

table = Activity
activity_id = Activity.id
occurred_at = Activity.occurred_at
action = Activity.action
actor_id = Activity.actor_id
subject_type = Activity.subject_type
subject_id = Activity.subject_id
subject_title = Activity.subject_title
changes = Activity.changes
request_id = Activity.request_id
