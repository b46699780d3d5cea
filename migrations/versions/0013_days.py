"""Indexes for what happened on a day, and what was open when it ended: the summary and the view of today

Revision ID: 0013
Revises: 0012
"""

from alembic import op

from asyncops.migrating import concurrently

revision = "0013"
down_revision = "0012"

INDEXES = (
    ("ix_incidents_created", "incidents", "created_at"),
    ("ix_incidents_resolved", "incidents", "resolved_at"),
    ("ix_blockers_resolved", "blockers", "resolved_at"),
    ("ix_decisions_created", "decisions", "created_at"),
)


def upgrade() -> None:
    with concurrently():
        for name, table, column in INDEXES:
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)  # left by a killed run
            op.create_index(name, table, [column], postgresql_concurrently=True)


def downgrade() -> None:
    for name, table, _ in INDEXES:
        op.drop_index(name, table)
