"""Everything that runs by the clock, on one page. Times are UTC.

Each entry only asks the database what is due, so that a lost, late or doubled tick heals by itself.
"""

from __future__ import annotations

from asyncops.jobs.scheduling import Entry

ENTRIES = (
    Entry("daily_summaries.generate_due", cron="* * * * *"),
    Entry("outbox.send_due", cron="* * * * *"),
    Entry("identity.purge_expired", cron="20 3 * * *"),
    Entry("notifications.purge", cron="50 3 * * *"),
    Entry("webhooks.purge_done", cron="40 3 * * *"),
    Entry("http.forget_answers", cron="40 * * * *"),
)
