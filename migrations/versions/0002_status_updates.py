"""Status updates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# Spelled out: a revision must not change when the code that once made this expression does.
SEARCH = (
    "setweight(to_tsvector('english'::regconfig, title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, title), 'A') || "
    "setweight(to_tsvector('english'::regconfig, words(tags)), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, words(tags)), 'B') || "
    "setweight(to_tsvector('english'::regconfig, content), 'C') || "
    "setweight(to_tsvector('simple'::regconfig, content), 'C')"
)


def upgrade() -> None:
    op.create_table(
        "status_updates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("content", sa.String(10_000), nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("search", postgresql.TSVECTOR, sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_status_updates"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_status_updates_user_id"),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_status_updates_title")),
        sa.CheckConstraint("btrim(content) <> ''", name=op.f("ck_status_updates_content")),
        sa.CheckConstraint(
            "cardinality(tags) <= 20 AND char_length(words(tags)) <= 1020", name=op.f("ck_status_updates_tags")
        ),
    )
    op.create_index("ix_status_updates_newest", "status_updates", [sa.text("created_at DESC"), sa.text("id DESC")])
    op.create_index(
        "ix_status_updates_newest_of_user",
        "status_updates",
        ["user_id", sa.text("created_at DESC"), sa.text("id DESC")],
    )
    op.create_index("ix_status_updates_tags", "status_updates", ["tags"], postgresql_using="gin")
    op.create_index("ix_status_updates_search", "status_updates", ["search"], postgresql_using="gin")


def downgrade() -> None:
    op.drop_table("status_updates")
