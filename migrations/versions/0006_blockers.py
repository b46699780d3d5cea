"""Blockers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# Spelled out: a revision must not change when the code that once made this expression does.
SEARCH = (
    "setweight(to_tsvector('english'::regconfig, description), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, description), 'A') || "
    "setweight(to_tsvector('english'::regconfig, impact), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, impact), 'B') || "
    "setweight(to_tsvector('english'::regconfig, coalesce(resolution_notes, '')), 'C') || "
    "setweight(to_tsvector('simple'::regconfig, coalesce(resolution_notes, '')), 'C')"
)


def upgrade() -> None:
    op.create_table(
        "blockers",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("description", sa.String(2_000), nullable=False),
        sa.Column("impact", sa.String(1_000), nullable=False),
        sa.Column("status", sa.String(10), nullable=False, server_default="active"),
        sa.Column("resolution_notes", sa.String(1_000)),
        sa.Column("archived", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("reported_by_id", sa.Integer, nullable=False),
        sa.Column("related_status_id", sa.Integer),
        sa.Column("related_incident_id", sa.Integer),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("is_active", sa.Boolean, sa.Computed("status = 'active'", persisted=True), nullable=False),
        sa.Column("search", postgresql.TSVECTOR, sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_blockers"),
        sa.ForeignKeyConstraint(["reported_by_id"], ["users.id"], name="fk_blockers_reported_by_id"),
        sa.ForeignKeyConstraint(["related_status_id"], ["status_updates.id"], name="fk_blockers_related_status_id"),
        sa.ForeignKeyConstraint(["related_incident_id"], ["incidents.id"], name="fk_blockers_related_incident_id"),
        sa.CheckConstraint("status IN ('active', 'resolved')", name=op.f("ck_blockers_status")),
        sa.CheckConstraint("(status = 'resolved') = (resolved_at IS NOT NULL)", name=op.f("ck_blockers_resolved_at")),
        sa.CheckConstraint("btrim(description) <> ''", name=op.f("ck_blockers_description")),
        sa.CheckConstraint("btrim(impact) <> ''", name=op.f("ck_blockers_impact")),
    )
    order = [sa.text(f"{column} DESC") for column in ("is_active", "created_at", "id")]
    op.create_index("ix_blockers_order", "blockers", ["archived", *order])
    op.create_index("ix_blockers_reporter", "blockers", ["reported_by_id", "archived", *order])
    op.create_index("ix_blockers_related_status", "blockers", ["related_status_id"])
    op.create_index("ix_blockers_related_incident", "blockers", ["related_incident_id"])
    op.create_index("ix_blockers_search", "blockers", ["search"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("blockers")
