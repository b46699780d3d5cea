"""What a write changed, and the difference between a field that is absent and one that is null."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class Absent(Enum):
    """The type of `ABSENT`: the caller did not send this field, so it stays as it is."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after."""

    field: str
    old: Any
    new: Any


def apply(record: object, **values: Any) -> tuple[Change, ...]:
    """Set each sent value that differs; give what changed (empty: nothing happened, so nothing to publish)."""
    changes = tuple(
        Change(field, old, new)
        for field, new in values.items()
        if new is not ABSENT and (old := getattr(record, field)) != new
    )
    for change in changes:
        setattr(record, change.field, change.new)
    return changes
