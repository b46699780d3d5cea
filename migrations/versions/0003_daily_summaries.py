"""Daily summaries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
ZERO = sa.text("0")


def upgrade() -> None:
    op.create_table(
        "daily_summaries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("summary_date", sa.Date, nullable=False),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_complete", sa.Boolean, nullable=False),
        sa.Column("content", postgresql.JSONB, nullable=False),
        sa.Column("status_updates_count", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("incidents_count", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("blockers_count", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("decisions_count", sa.Integer, nullable=False, server_default=ZERO),
        sa.Column("generated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, server_default=sa.text("1")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_daily_summaries"),
        sa.UniqueConstraint("summary_date", name="uq_daily_summaries_summary_date"),
        sa.CheckConstraint("window_start < window_end", name=op.f("ck_daily_summaries_window")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_daily_summaries_revision")),
    )


def downgrade() -> None:
    op.drop_table("daily_summaries")
