"""When a message may go out: quiet hours and the daily digest, in the person's own zone. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
DIGEST_TIME = time(9)


@dataclass(frozen=True, slots=True)
class Timing:
    """A person's wishes. Quiet hours from `quiet_start` up to `quiet_end`, over midnight where that is earlier."""

    timezone: str = "UTC"
    quiet_start: time | None = None
    quiet_end: time | None = None
    daily_mail: bool = False
    digest_time: time = DIGEST_TIME

    def held_until(self, channel: str, now: datetime) -> datetime | None:
        """The moment, in UTC, up to which a message that came up `now` waits for others; None: it goes at once."""
        if channel == "email" and self.daily_mail:
            digest = self._next(self.digest_time, now)
            return self.quiet_until(digest) or digest
        return self.quiet_until(now)

    def quiet_until(self, moment: datetime) -> datetime | None:
        """The end of the quiet hours, in UTC; None where `moment` is not in them."""
        if self.quiet_start is None or self.quiet_end is None or self.quiet_start == self.quiet_end:
            return None
        clock = moment.astimezone(ZoneInfo(self.timezone)).time()
        if self.quiet_start < self.quiet_end:
            quiet = self.quiet_start <= clock < self.quiet_end
        else:
            quiet = clock >= self.quiet_start or clock < self.quiet_end
        return self._next(self.quiet_end, moment) if quiet else None

    def _next(self, clock: time, after: datetime) -> datetime:
        """The next time that the person's clock shows `clock`; one that a clock change skips is read as before it."""
        zone = ZoneInfo(self.timezone)
        day = after.astimezone(zone).date()
        moments = (datetime.combine(day + days * DAY, clock, zone).astimezone(UTC) for days in range(3))
        return next(moment for moment in moments if moment > after)
