"""Decisions and who took part in them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
# Spelled out: a revision must not change when the code that once made this expression does.
SEARCH = (
    "setweight(to_tsvector('english'::regconfig, title), 'A') || "
    "setweight(to_tsvector('simple'::regconfig, title), 'A') || "
    "setweight(to_tsvector('english'::regconfig, words(tags) || ' ' || outcome), 'B') || "
    "setweight(to_tsvector('simple'::regconfig, words(tags) || ' ' || outcome), 'B') || "
    "setweight(to_tsvector('english'::regconfig, description), 'C') || "
    "setweight(to_tsvector('simple'::regconfig, description), 'C') || "
    "setweight(to_tsvector('english'::regconfig, context), 'D') || "
    "setweight(to_tsvector('simple'::regconfig, context), 'D')"
)


def upgrade() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.String(5_000), nullable=False),
        sa.Column("context", sa.String(5_000), nullable=False),
        sa.Column("outcome", sa.String(5_000), nullable=False),
        sa.Column("decision_date", sa.Date, nullable=False),
        sa.Column("tags", postgresql.ARRAY(sa.Text), nullable=False, server_default=sa.text("'{}'")),
        sa.Column("created_by_id", sa.Integer, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True)),
        sa.Column("search", postgresql.TSVECTOR, sa.Computed(SEARCH, persisted=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
        sa.ForeignKeyConstraint(["created_by_id"], ["users.id"], name="fk_decisions_created_by_id"),
        sa.CheckConstraint("btrim(title) <> ''", name=op.f("ck_decisions_title")),
        sa.CheckConstraint("btrim(description) <> ''", name=op.f("ck_decisions_description")),
        sa.CheckConstraint("btrim(context) <> ''", name=op.f("ck_decisions_context")),
        sa.CheckConstraint("btrim(outcome) <> ''", name=op.f("ck_decisions_outcome")),
        sa.CheckConstraint(
            "cardinality(tags) <= 20 AND char_length(words(tags)) <= 1020", name=op.f("ck_decisions_tags")
        ),
    )
    newest = [sa.text("decision_date DESC"), sa.text("id DESC")]
    op.create_index("ix_decisions_newest", "decisions", newest, postgresql_where=sa.text("deleted_at IS NULL"))
    op.create_index("ix_decisions_creator", "decisions", ["created_by_id", *newest])
    op.create_index("ix_decisions_tags", "decisions", ["tags"], postgresql_using="gin")
    op.create_index("ix_decisions_search", "decisions", ["search"], postgresql_using="gin")

    op.create_table(
        "decision_participants",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("decision_id", sa.Integer, nullable=False),
        sa.Column("user_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=NOW),
        sa.PrimaryKeyConstraint("id", name="pk_decision_participants"),
        sa.ForeignKeyConstraint(["decision_id"], ["decisions.id"], name="fk_decision_participants_decision_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_decision_participants_user_id"),
        sa.UniqueConstraint("decision_id", "user_id", name="uq_decision_participants_decision_id_user_id"),
    )
    op.create_index("ix_decision_participants_user_id", "decision_participants", ["user_id"])


def downgrade() -> None:
    op.drop_table("decision_participants")
    op.drop_table("decisions")
