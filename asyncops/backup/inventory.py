"""What is in a database: rows by table, and the names of all that keeps them right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from asyncops.backup.errors import BackupError

Session = psycopg.Connection[Any]

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = c.tableoid AND d.deptype = 'e')
    ORDER BY c.relname COLLATE "C"
"""

_OBJECTS = """
    WITH here AS (SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                  WHERE n.nspname = current_schema())
    SELECT 'constraint ' || h.relname || '.' || o.conname || CASE WHEN o.convalidated THEN '' ELSE ' NOT VALID' END
    FROM pg_constraint o JOIN here h ON h.oid = o.conrelid WHERE o.contype IN ('c', 'f', 'p', 'u', 'x')
    UNION ALL
    SELECT 'trigger ' || h.relname || '.' || t.tgname || ' '
           || CASE t.tgenabled WHEN 'A' THEN 'ALWAYS' WHEN 'O' THEN 'ENABLED' ELSE 'OFF' END
    FROM pg_trigger t JOIN here h ON h.oid = t.tgrelid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT 'index ' || h.relname || CASE WHEN i.indisvalid THEN '' ELSE ' NOT VALID' END
    FROM pg_index i JOIN here h ON h.oid = i.indexrelid
    UNION ALL
    SELECT 'sequence ' || relname FROM here WHERE relkind = 'S'
    UNION ALL
    SELECT 'function ' || p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = current_schema()
"""

_EVENTS = 8 | 16 | 32  # of a trigger, in pg_trigger.tgtype: DELETE, UPDATE, TRUNCATE
_GUARDED = """
    SELECT bit_or(tgtype::integer) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relname = %s AND t.tgenabled = 'A'
"""


@dataclass(frozen=True, slots=True)
class Inventory:
    """Rows by table, and `kind name` of constraints, triggers, indexes, sequences and functions."""

    revision: str
    rows: dict[str, int]
    objects: list[str]


def take(session: Session) -> Inventory:
    """Count everything, as one transaction sees it; BackupError for a database without AsyncOps in it."""
    tables = tables_of(session)
    if "alembic_version" not in tables:
        raise BackupError("The database has no tables of AsyncOps. Run `asyncops migrate` first")
    revisions = session.execute("SELECT version_num FROM alembic_version").fetchall()
    if len(revisions) != 1:
        raise BackupError("The database is at no revision. Run `asyncops migrate` first")
    return Inventory(
        revision=revisions[0][0],
        rows={table: _number(session, sql.SQL("SELECT count(*) FROM {}").format(_name(table))) for table in tables},
        objects=sorted(row[0] for row in session.execute(_OBJECTS)),
    )


def tables_of(session: Session) -> list[str]:
    """All tables but those of extensions."""
    return [row[0] for row in session.execute(_TABLES)]


def has_rows(session: Session) -> list[str]:
    """The tables with something in them; the schema's own revision is not meant."""
    filled = sql.SQL("SELECT count(*) FROM (SELECT FROM {} LIMIT 1) AS first")
    return [
        table
        for table in tables_of(session)
        if table != "alembic_version" and _number(session, filled.format(_name(table)))
    ]


def is_guarded(session: Session, table: str) -> bool:
    """Whether triggers that nobody can switch off for a session stand before UPDATE, DELETE and TRUNCATE."""
    (found,) = session.execute(_GUARDED, (table,)).fetchone() or (0,)
    return (found or 0) & _EVENTS == _EVENTS


def _name(table: str) -> sql.Identifier:
    return sql.Identifier(table)


def _number(session: Session, statement: sql.Composed) -> int:
    (found,) = session.execute(statement).fetchone() or (0,)
    return int(found)
