"""The order in which the search reads blockers, as the other kinds have it

Revision ID: 0014
Revises: 0013
"""

from alembic import op

from asyncops.migrating import concurrently

revision = "0014"
down_revision = "0013"

NAME = "ix_blockers_created"


def upgrade() -> None:
    with concurrently():
        op.drop_index(NAME, "blockers", if_exists=True, postgresql_concurrently=True)  # left by a killed run
        op.create_index(NAME, "blockers", ["created_at"], postgresql_concurrently=True)


def downgrade() -> None:
    op.drop_index(NAME, "blockers")
