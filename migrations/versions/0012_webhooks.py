"""Webhooks, their secrets, and what is delivered to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _moment(name: str, *, now: bool = False, nullable: bool = True) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=sa.func.now() if now else None)


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("description", sa.String(200), nullable=False, server_default=""),
        sa.Column("events", ARRAY(sa.Text), nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False, server_default=sa.text("true")),
        _moment("last_success_at"),
        _moment("last_failure_at"),
        _moment("failing_since"),
        _moment("deleted_at"),
        _moment("created_at", now=True, nullable=False),
        _moment("updated_at", now=True, nullable=False),
        sa.Column("version", sa.Integer, nullable=False, server_default="1"),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.CheckConstraint("url ~ '^https?://[!-~]+$'", name=op.f("ck_webhooks_url")),
        sa.CheckConstraint(
            "cardinality(events) BETWEEN 1 AND 100 AND char_length(words(events)) <= 6600",
            name=op.f("ck_webhooks_events"),
        ),
    )
    op.create_index(
        "ix_webhooks_newest",
        "webhooks",
        [sa.text("created_at DESC"), sa.text("id DESC")],
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "webhook_secrets",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("webhook_id", sa.Integer, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        _moment("created_at", now=True, nullable=False),
        _moment("ends_at"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_secrets"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_webhook_secrets_webhook_id"),
    )
    op.create_index("ix_webhook_secrets_webhook_id", "webhook_secrets", ["webhook_id"])
    op.create_index(
        "uq_webhook_secrets_current",
        "webhook_secrets",
        ["webhook_id"],
        unique=True,
        postgresql_where=sa.text("ends_at IS NULL"),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("webhook_id", sa.Integer, nullable=False),
        sa.Column("activity_id", sa.BigInteger, nullable=False),
        _moment("created_at", now=True, nullable=False),
        sa.Column("status_code", sa.Integer),
        sa.Column("response", sa.String(1000)),
        sa.Column("duration_ms", sa.Integer),
        _moment("due_at", now=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        _moment("sent_at"),
        sa.Column("last_error", sa.String(500)),
        _moment("nudged_at"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("webhook_id", "activity_id", name="uq_webhook_deliveries_webhook_id_activity_id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name="fk_webhook_deliveries_webhook_id"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_webhook_deliveries_activity_id"),
        sa.CheckConstraint("due_at IS NULL OR sent_at IS NULL", name=op.f("ck_webhook_deliveries_due_or_sent")),
    )
    op.create_index(
        "ix_webhook_deliveries_due", "webhook_deliveries", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL")
    )
    op.create_index(
        "ix_webhook_deliveries_newest",
        "webhook_deliveries",
        ["webhook_id", sa.text("created_at DESC"), sa.text("id DESC")],
    )


def downgrade() -> None:
    for table in ("webhook_deliveries", "webhook_secrets", "webhooks"):
        op.drop_table(table)
