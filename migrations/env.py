"""How Alembic runs here: online only, one transaction, one migration at a time."""

from __future__ import annotations

from alembic import context
from sqlalchemy import text

from asyncops.database import Model
from asyncops.extensions import db

MIGRATION_LOCK = 0x5D51  # two releases that start at once: the second waits and finds nothing left to do


def run() -> None:
    """Apply the revisions. Locks are waited for briefly, so that a migration never queues traffic behind it."""
    with db.engine.connect() as connection:
        for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET {setting} = 0"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": MIGRATION_LOCK})
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.commit()
        try:
            context.configure(connection=connection, target_metadata=Model.metadata, compare_server_default=True)
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": MIGRATION_LOCK})
            connection.invalidate()  # its settings must not live on in the pool


run()
