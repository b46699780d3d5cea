"""What operators are told about summaries."""

from __future__ import annotations

from asyncops.metrics import DatabaseGauge, register
from modules.daily_summaries.queries import summaries

register(
    DatabaseGauge(
        "asyncops_summary_age_seconds",
        "How long ago the time ended that the newest complete summary covers; before the first: since people are here",
        summaries.age_of_newest,
    )
)
