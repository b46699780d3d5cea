"""Which moments a day's summary covers, and which days are due. Pure arithmetic, no database.

The summary of date D covers D-1's summary time up to D's, in the workspace's zone: 23 to 25 hours on clock changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
WEEK = 7

SETTLING = timedelta(seconds=30)
"""How long after its hour a day is summed up: what was written before the hour has been committed by then."""


@dataclass(frozen=True, slots=True)
class Window:
    """The moments [start, end), in UTC. `is_complete`: the end is the day's hour or later."""

    start: datetime
    end: datetime
    is_complete: bool = True

    def week_before(self) -> list[Window]:
        """The same hours of each of the seven days before, the day before first."""
        return [Window(self.start - days * DAY, self.end - days * DAY) for days in range(1, WEEK + 1)]


def calendar_days(now: datetime, timezone: str, days: int) -> list[tuple[date, Window]]:
    """The last `days` days of a person's calendar, oldest first; the last is today, up to now."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()

    def midnight(day: date) -> datetime:
        return datetime.combine(day, time.min, zone).astimezone(UTC)

    dates = [today - number * DAY for number in reversed(range(days))]
    return [(day, Window(midnight(day), min(now, midnight(day + DAY)))) for day in dates]


@dataclass(frozen=True, slots=True)
class SummaryHour:
    """When the summary is made: a time of day in a zone."""

    at: time
    zone: ZoneInfo

    def today(self, now: datetime) -> date:
        """The date it is in the zone."""
        return now.astimezone(self.zone).date()

    def on(self, day: date) -> datetime:
        """The hour of that day, in UTC. One that a clock change skips is read with the offset before the change."""
        return datetime.combine(day, self.at, self.zone).astimezone(UTC)

    def window(self, day: date, now: datetime) -> Window:
        """What the summary of `day` covers, made at `now`: for today up to now, for a past day up to its hour."""
        start, hour = self.on(day - DAY), self.on(day)
        end = max(now, start + timedelta(microseconds=1)) if day == self.today(now) else hour
        return Window(start, end, is_complete=day < self.today(now) or now >= hour + SETTLING)

    def week_before(self, day: date, window: Window) -> list[Window]:
        """What stands beside `window`: the seven days' own windows, which follow the zone's clock changes.

        One that ends at another moment than its day's hour (today's, by hand) is compared with the same hours.
        """
        if window.end != self.on(day):
            return window.week_before()
        return [self.scheduled_window(day - days * DAY) for days in range(1, WEEK + 1)]

    def scheduled_window(self, day: date) -> Window:
        """What the tick writes for `day`, however late it comes."""
        return Window(self.on(day - DAY), self.on(day))

    def days_due(self, now: datetime, *, days: int, since: datetime) -> list[date]:
        """Days whose hour has passed, newest first, at most `days` back and none from before `since`."""
        today = self.today(now)
        candidates = (today - number * DAY for number in range(days))
        return [day for day in candidates if since < self.on(day) <= now - SETTLING]
