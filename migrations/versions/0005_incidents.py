"""Incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Spelled out: a revision must not change when the code that once made this expression does.
SEARCH = (
    "setweight(to_tsvector('english'::regconfig, title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, title), 'A') || "
    "setweight(to_tsvector('english'::regconfig, description), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, description), 'B') || "
    "setweight(to_tsvector('english'::regconfig, coalesce(resolution_notes, '')), 'C') || "
    "setweight(to_tsvector('simple'::regconfig, coalesce(resolution_notes, '')), 'C')"
)
IS_UNRESOLVED = "status IN ('open', 'in_progress')"
SEVERITY_RANK = "CASE severity WHEN 'critical' THEN 3 WHEN 'high' THEN 2 WHEN 'medium' THEN 1 ELSE 0 END"


def upgrade() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.String(5_000), nullable=False),
        sa.Column("severity", sa.String(10), nullable=False, server_default="medium"),
        sa.Column("status", sa.String(15), nullable=False, server_default="open"),
        sa.Column("resolution_notes", sa.String(5_000)),
        sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("reported_by_id", sa.Integer, nullable=False),
        sa.Column("assigned_to_id", sa.Integer),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("is_unresolved", sa.Boolean, sa.Computed(IS_UNRESOLVED, persisted=True), nullable=False),
        sa.Column("severity_rank", sa.Integer, sa.Computed(SEVERITY_RANK, persisted=True), nullable=False),
        sa.Column("search", postgresql.TSVECTOR, sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
        sa.ForeignKeyConstraint(["reported_by_id"], ["users.id"], name="fk_incidents_reported_by_id"),
        sa.ForeignKeyConstraint(["assigned_to_id"], ["users.id"], name="fk_incidents_assigned_to_id"),
        sa.CheckConstraint("severity IN ('low', 'medium', 'high', 'critical')", name=op.f("ck_incidents_severity")),
        sa.CheckConstraint("status IN ('open', 'in_progress', 'resolved', 'closed')", name=op.f("ck_incidents_status")),
        sa.CheckConstraint(
            "(status IN ('resolved', 'closed')) = (resolved_at IS NOT NULL)", name=op.f("ck_incidents_resolved_at")
        ),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_incidents_title")),
        sa.CheckConstraint("btrim(description) <> ''", name=op.f("ck_incidents_description")),
    )
    order = [sa.text(f"{column} DESC") for column in ("is_unresolved", "severity_rank", "created_at", "id")]
    op.create_index("ix_incidents_order", "incidents", ["archived", *order])
    op.create_index("ix_incidents_assignee", "incidents", ["assigned_to_id", "archived", *order])
    op.create_index("ix_incidents_reporter", "incidents", ["reported_by_id", "archived", *order])
    op.create_index("ix_incidents_search", "incidents", ["search"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("incidents")
