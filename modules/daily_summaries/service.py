"""What people and the clock can do with daily summaries. No Flask, no HTTP, no commit in this file."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from asyncops.actor import SYSTEM, Actor
from asyncops.clock import utcnow
from asyncops.events import publish
from asyncops.extensions import db, settings
from asyncops.pagination import Page, PageRequest
from modules.daily_summaries import content, policy
from modules.daily_summaries.errors import FutureDay
from modules.daily_summaries.events import SummaryGenerated
from modules.daily_summaries.models import DailySummary
from modules.daily_summaries.queries import conditions, lines, summaries
from modules.daily_summaries.windows import SummaryHour, Window, calendar_days
from modules.identity import service as identity

LOCK_CLASS = 0x5D5  # the first key of our advisory locks; the second is the day


def list_summaries(
    actor: Actor,  # noqa: ARG001 - everybody may read
    *,
    page: PageRequest,
    start_date: date | None = None,
    end_date: date | None = None,
) -> Page:
    """Summaries by date, newest first; both ends included."""
    return summaries.list_summaries(page, start_date=start_date, end_date=end_date)


def get_summary(actor: Actor, summary_id: int) -> Any:  # noqa: ARG001 - everybody may read
    """One summary; raises SummaryNotFound."""
    return summaries.summary_row(summary_id)


def look_at_today(actor: Actor) -> dict[str, Any]:  # noqa: ARG001 - everybody may read
    """The content of the last 24 hours; nothing is stored."""
    now = utcnow()
    window = Window(now - timedelta(hours=24), now)
    return content.build(window, window.week_before()).body


def look_at_trends(actor: Actor, *, days: int = 14) -> list[dict[str, Any]]:
    """Figures of each of the last days of the caller's calendar, oldest first; today's up to now."""
    calendar = calendar_days(utcnow(), actor.timezone, days)
    windows = [window for _, window in calendar]
    columns = {
        "date": [day for day, _ in calendar],
        "status_updates": conditions.count(windows, conditions.posted_in),
        "incidents_opened": conditions.count(windows, conditions.incident_opened_in),
        "incidents_resolved": conditions.count(windows, conditions.incident_resolved_in),
        "active_blockers": conditions.count(windows, conditions.blocker_active_at_end),
        "median_blocker_age_hours": lines.median_blocker_ages(windows),
    }
    return [dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)]


def generate_by_hand(actor: Actor, *, summary_date: date | None = None, force_update: bool = False) -> Any:
    """The summary of a day (today without a date), made if it is missing or `force_update`; administrators only.

    Today's runs up to now. Raises FutureDay.
    """
    policy.require_may_generate(actor)
    now, hour = utcnow(), _hour()
    day = summary_date or hour.today(now)
    if day > hour.today(now):
        raise FutureDay
    _lock_day(day)
    summary = summaries.find_summary(day)
    if summary is None or force_update:
        summary = _write(actor, day, summary, hour.window(day, now))
    return summaries.summary_row(summary.id)


def days_due() -> list[date]:
    """Days that lack their complete summary, newest first; none from before the workspace began."""
    began_at = identity.workspace_began_at()
    if began_at is None:
        return []
    days = _hour().days_due(utcnow(), days=settings().summary_catch_up_days, since=began_at)
    complete = summaries.complete_days(days)
    return [day for day in days if day not in complete]


def generate_if_due(day: date) -> None:
    """Write the day's scheduled summary unless it is complete. May run twice, at once, or be killed: one summary."""
    _lock_day(day)
    summary = summaries.find_summary(day)
    if summary is None or not summary.is_complete:
        _write(SYSTEM, day, summary, _hour().scheduled_window(day))


def _write(actor: Actor, day: date, summary: DailySummary | None, window: Window) -> DailySummary:
    built = content.build(window, _hour().week_before(day, window))
    now, was_complete = utcnow(), summary is not None and summary.is_complete
    summary = summary or DailySummary(summary_date=day)
    summary.write(window=window, content=built.body, counts=built.counts, at=now)
    db.session.add(summary)
    db.session.flush()  # the event and the answer need the id
    is_latest = now < _hour().on(day + timedelta(days=1))
    is_news = summary.is_complete and not was_complete and is_latest and not built.is_empty
    publish(SummaryGenerated(actor, summary.subject, is_news=is_news))
    return summary


def _lock_day(day: date) -> None:
    # There may be no row to lock yet. Held until the transaction ends; who waited sees what the other wrote.
    db.session.execute(select(func.pg_advisory_xact_lock(LOCK_CLASS, day.toordinal())))


def _hour() -> SummaryHour:
    return SummaryHour(settings().summary_time, settings().summary_timezone)
