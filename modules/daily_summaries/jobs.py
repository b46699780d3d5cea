"""The daily summary, by the clock."""

from __future__ import annotations

from datetime import date

from asyncops.jobs import enqueue_after_commit, job
from modules.daily_summaries import service


@job("daily_summaries.generate_due", queue="summaries", retry_after=())
def generate_due() -> None:
    """Each minute: nudge a job for each day that lacks its summary. Asking again is harmless."""
    for day in service.days_due():
        enqueue_after_commit("daily_summaries.generate", day.isoformat())


@job("daily_summaries.generate", queue="summaries", timeout=120, retry_after=())
def generate(day: str) -> None:
    """Write one day's summary. Without retries of its own: the next tick finds the day again."""
    service.generate_if_due(date.fromisoformat(day))
