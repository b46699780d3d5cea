"""The columns of a person that other modules' queries may join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func
from sqlalchemy.orm import Bundle, aliased

from modules.identity.models import User


@dataclass(frozen=True, slots=True)
class Person:
    """One joinable person: `columns` reads as a nested object, `id` and `table` are what a join needs."""

    columns: Bundle[Any]
    table: Any
    id: Any
    name: Any
    email: Any
    role: Any
    timezone: Any
    is_active: Any
    joined_at: Any

    @property
    def as_json(self) -> Any:
        """The columns as one JSON object, for people who are aggregated."""
        pairs = [part for column in self.columns.c for part in (column.key, column)]
        return func.jsonb_build_object(*pairs)


def person(role: str) -> Person:
    """A person in some role of a record: `person("user")` gives rows whose `user` has id, email, full_name, ..."""
    table = aliased(User, name=f"{role}_person")
    columns: Bundle[Any] = Bundle(role, table.id, table.email, table.full_name, table.role, table.is_active)
    return Person(
        columns,
        table,
        id=table.id,
        name=table.full_name,
        email=table.email,
        role=table.role,
        timezone=table.timezone,
        is_active=table.is_active,
        joined_at=table.created_at,
    )
