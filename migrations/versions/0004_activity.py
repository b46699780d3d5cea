"""The ledger, which the database itself refuses to change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "activity",
        sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("actor_id", sa.Integer),
        sa.Column("subject_type", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Integer, nullable=False),
        sa.Column("subject_title", sa.String(255), nullable=False),
        sa.Column("changes", postgresql.JSONB, nullable=False, server_default=sa.text("'[]'")),
        sa.Column("request_id", sa.String(128)),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
        sa.ForeignKeyConstraint(["actor_id"], ["users.id"], name="fk_activity_actor_id"),
    )
    newest = [sa.text("occurred_at DESC"), sa.text("id DESC")]
    op.create_index("ix_activity_newest", "activity", newest)
    op.create_index("ix_activity_subject", "activity", ["subject_type", "subject_id", *newest])
    op.create_index("ix_activity_actor", "activity", ["actor_id", *newest])
    op.create_index("ix_activity_action", "activity", ["action", *newest])

    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'insufficient_privilege'; "
        "END $$"
    )
    op.execute(
        "CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON activity "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER append_only_table BEFORE TRUNCATE ON activity "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    # Also for a session that switches ordinary triggers off.
    for trigger in ("append_only_rows", "append_only_table"):
        op.execute(f"ALTER TABLE activity ENABLE ALWAYS TRIGGER {trigger}")


def downgrade() -> None:
    op.drop_table("activity")
    op.execute("DROP FUNCTION refuse_change()")
