"""The lines of an export, which the writer and the reader share.

    {"format": "asyncops-export", "revision": "0012", "sequences": {"users": 9}, "version": 1}
    {"row": {"email": "...", "id": 1, ...}, "table": "users"}
    {"rows": {"users": 9, ...}}

All tables are in it, in an order that satisfies their foreign keys, and all their columns but those that the database
computes. Nothing in it depends on when it is written: the same database gives the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table

from asyncops.backup.values import Kind, kind_of
from asyncops.database import Model

FORMAT = "asyncops-export"
VERSION = 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One table: its columns in the order of the lines, and the one that numbers its rows, if any."""

    name: str
    kinds: dict[str, Kind]
    nullable: frozenset[str]
    key: tuple[tuple[str, bool], ...]
    """The primary key's columns, and whether each is a text, whose order depends on the database's locale."""
    numbered_by: str | None


def layouts() -> dict[str, Layout]:
    """All tables by name, each after those that it points to."""
    return {str(table.name): _layout(table) for table in Model.metadata.sorted_tables}


def _layout(table: Table) -> Layout:
    columns: list[Column[Any]] = sorted(
        (column for column in table.columns if column.computed is None), key=lambda found: str(found.name)
    )
    number = table.autoincrement_column
    return Layout(
        name=str(table.name),  # a subclass of str, which orjson refuses
        kinds={str(column.name): kind_of(column) for column in columns},
        nullable=frozenset(str(column.name) for column in columns if column.nullable),
        key=tuple((str(column.name), column.type.python_type is str) for column in table.primary_key.columns),
        numbered_by=None if number is None else str(number.name),
    )
