"""Notifications, their deliveries, and what people want to be told of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NEWEST = [sa.text("created_at DESC"), sa.text("id DESC")]


def upgrade() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("recipient_id", sa.Integer, nullable=False),
        sa.Column("activity_id", sa.BigInteger),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("in_inbox", sa.Boolean, nullable=False, server_default=sa.text("true")),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("id", name="pk_notifications"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_notifications_recipient_id"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_notifications_activity_id"),
        sa.UniqueConstraint("recipient_id", "activity_id", name="uq_notifications_recipient_id_activity_id"),
        sa.CheckConstraint("(activity_id IS NULL) = (event = 'user.test')", name=op.f("ck_notifications_activity_id")),
    )
    for name, where in (("inbox", "in_inbox"), ("unread", "in_inbox AND read_at IS NULL")):
        op.create_index(
            f"ix_notifications_{name}", "notifications", ["recipient_id", *NEWEST], postgresql_where=sa.text(where)
        )

    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("notification_id", sa.Integer),
        sa.Column("recipient_id", sa.Integer),
        sa.Column("activity_id", sa.BigInteger),
        sa.Column("channel", sa.String(10), nullable=False),
        sa.Column("event", sa.String(64), nullable=False),
        sa.Column("urgent", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("held", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("batch_id", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("due_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
        sa.Column("attempts", sa.Integer, nullable=False, server_default=sa.text("0")),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.Column("last_error", sa.String(500)),
        sa.Column("nudged_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.ForeignKeyConstraint(["notification_id"], ["notifications.id"], name="fk_deliveries_notification_id"),
        sa.ForeignKeyConstraint(["recipient_id"], ["users.id"], name="fk_deliveries_recipient_id"),
        sa.ForeignKeyConstraint(["activity_id"], ["activity.id"], name="fk_deliveries_activity_id"),
        sa.ForeignKeyConstraint(["batch_id"], ["deliveries.id"], name="fk_deliveries_batch_id"),
        sa.UniqueConstraint("notification_id", "channel", name="uq_deliveries_notification_id_channel"),
        sa.CheckConstraint("channel IN ('email', 'chat', 'workspace')", name=op.f("ck_deliveries_channel")),
        sa.CheckConstraint("(channel = 'workspace') = (recipient_id IS NULL)", name=op.f("ck_deliveries_recipient_id")),
        sa.CheckConstraint(
            "(recipient_id IS NULL) = (notification_id IS NULL)", name=op.f("ck_deliveries_notification_id")
        ),
        sa.CheckConstraint(
            "recipient_id IS NOT NULL OR activity_id IS NOT NULL", name=op.f("ck_deliveries_activity_id")
        ),
    )
    op.create_index(
        "uq_deliveries_workspace",
        "deliveries",
        ["activity_id"],
        unique=True,
        postgresql_where=sa.text("recipient_id IS NULL"),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["recipient_id", "channel"],
        postgresql_where=sa.text("held AND batch_id IS NULL AND due_at IS NOT NULL"),
    )
    op.create_index("ix_deliveries_batch", "deliveries", ["batch_id"])
    op.create_index("ix_deliveries_created_at", "deliveries", ["created_at"])
    op.create_index("ix_deliveries_due", "deliveries", ["due_at"], postgresql_where=sa.text("due_at IS NOT NULL"))

    op.create_table(
        "notification_preferences",
        sa.Column("user_id", sa.Integer, autoincrement=False),
        sa.Column("choices", postgresql.JSONB, nullable=False, server_default=sa.text("'{}'")),
        sa.Column("quiet_start", sa.Time),
        sa.Column("quiet_end", sa.Time),
        sa.Column("daily_mail", sa.Boolean, nullable=False, server_default=sa.text("false")),
        sa.Column("digest_time", sa.Time, nullable=False, server_default=sa.text("'09:00'")),
        sa.Column("chat_url", sa.LargeBinary),
        sa.Column("chat_service", sa.String(50)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.PrimaryKeyConstraint("user_id", name="pk_notification_preferences"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_notification_preferences_user_id"),
        sa.CheckConstraint(
            "(quiet_start IS NULL) = (quiet_end IS NULL)", name=op.f("ck_notification_preferences_quiet_hours")
        ),
        sa.CheckConstraint(
            "(chat_url IS NULL) = (chat_service IS NULL)", name=op.f("ck_notification_preferences_chat")
        ),
        sa.CheckConstraint("jsonb_typeof(choices) = 'object'", name=op.f("ck_notification_preferences_choices")),
    )


def downgrade() -> None:
    op.drop_table("notification_preferences")
    op.drop_table("deliveries")
    op.drop_table("notifications")
