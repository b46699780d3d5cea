"""Indexes for the orders of invitations and daily summaries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_invitations_newest",
        "invitations",
        [sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("accepted_at IS NULL"),
    )
    op.create_index("ix_daily_summaries_newest", "daily_summaries", [sa.text("summary_date DESC"), sa.text("id DESC")])


def downgrade() -> None:
    op.drop_index("ix_daily_summaries_newest", "daily_summaries")
    op.drop_index("ix_invitations_newest", "invitations")
