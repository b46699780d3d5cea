"""Mails of accounts become rows of the outbox: when the next attempt is due, how many there were, what went wrong."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("password_resets", "invitations")


def upgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_unsent", table)
        op.add_column(table, sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.func.now()))
        op.add_column(table, sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False))
        op.add_column(table, sa.Column("last_error", sa.String(500)))
        op.add_column(table, sa.Column("nudged_at", sa.DateTime(timezone=True)))
        rows = sa.table(table, sa.column("due_at"), sa.column("sent_at"))
        op.execute(sa.update(rows).where(rows.c.sent_at.is_not(None)).values(due_at=None))
        op.create_index(f"ix_{table}_due", table, ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))


def downgrade() -> None:
    for table in TABLES:
        op.drop_index(f"ix_{table}_due", table)
        for column in ("nudged_at", "last_error", "attempts", "due_at"):
            op.drop_column(table, column)
        op.create_index(f"ix_{table}_unsent", table, ["id"], postgresql_where=sa.text("sent_at IS NULL"))
