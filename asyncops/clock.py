"""What time it is: the only place that asks, always in UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_as_of: ContextVar[datetime | None] = ContextVar("as_of", default=None)


def utcnow() -> datetime:
    """The present moment, with its zone (UTC) and microseconds."""
    return _as_of.get() or datetime.now(UTC)


def is_past() -> bool:
    """Whether what happens now is history being filled in: nobody need hear of it outside."""
    return _as_of.get() is not None


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """Let records made in this block bear `moment`; for filling in history (demo data), not for tests."""
    token = _as_of.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _as_of.reset(token)


@cache
def zone_names() -> frozenset[str]:
    """The IANA time zones that a person may choose; read from disk once."""
    return frozenset(available_timezones() - {"Factory", "localtime"})


def format_time(moment: datetime) -> str:
    """`2026-11-22T19:45:40.853849Z`: UTC, always six digits."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def day_bounds(start: date | None, end: date | None, timezone: str) -> tuple[datetime | None, datetime | None]:
    """The moments [from, to) that cover the whole days `start` to `end`, both included, in `timezone`.

    A zone's clock change may make a day 23 or 25 hours long; the bounds follow it.
    """
    since = _midnight(start, timezone) if start else None
    until = _midnight(end + timedelta(days=1), timezone) if end and end < date.max else None
    return since, until


def _midnight(day: date, timezone: str) -> datetime | None:
    try:
        return datetime.combine(day, time.min, ZoneInfo(timezone)).astimezone(UTC)
    except OverflowError:  # the calendar's first days east of Greenwich: nothing can be earlier, so there is no bound
        return None
