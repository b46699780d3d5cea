"""How Alembic runs here: one migration at a time, each revision in a transaction of its own, nobody held up."""

from __future__ import annotations

import time

from alembic import context
from sqlalchemy import Connection, text

from asyncops.database import Model
from asyncops.extensions import db
from asyncops.migrating import LOCK, LOCK_TIMEOUT

LOOK_AGAIN_AFTER = 0.2  # seconds


def run() -> None:
    """Apply the revisions. A step waits for a table only briefly: all traffic to the table would queue behind it."""
    with db.engine.connect() as connection:
        try:
            for setting in ("statement_timeout", "idle_in_transaction_session_timeout"):
                connection.execute(text(f"SET {setting} = 0"))
            connection.commit()
            _wait_for_turn(connection)
            connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
            connection.commit()
            context.configure(
                connection=connection,
                target_metadata=Model.metadata,
                compare_server_default=True,
                transaction_per_migration=True,  # short locks, and room for what runs outside of one
            )
            with context.begin_transaction():
                context.run_migrations()
        finally:
            connection.invalidate()  # lets go of the lock; and its settings must not live on in the pool


def _wait_for_turn(connection: Connection) -> None:
    """Two releases that start at once: the second waits and finds nothing left to do.

    It looks again and again, with no statement open: CREATE INDEX CONCURRENTLY of the first would wait for one.
    """
    while not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK}):
        connection.rollback()
        time.sleep(LOOK_AGAIN_AFTER)
    connection.commit()


def print_sql() -> None:
    """Write the statements instead of running them (`--sql`)."""
    context.configure(dialect_name="postgresql", literal_binds=True, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    print_sql()
else:
    run()
