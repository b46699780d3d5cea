"""rq-scheduler with a page of entries that heals: what Redis lost or a new release changed is set right."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rq_scheduler
import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq.job import Job
from rq_scheduler.utils import get_next_scheduled_time

from asyncops.jobs.enqueue import RUNNER, describe
from asyncops.jobs.registry import find_job

log = structlog.get_logger(__name__)

ID_PREFIX = "clock-"
INTERVAL_SECONDS = 2
MINUTE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """A job by the clock: `cron` has five fields, in UTC."""

    job: str
    cron: str

    @property
    def id(self) -> str:
        """The same in every release, so that two schedulers hold one entry and not two."""
        return ID_PREFIX + self.job.replace(".", "-")


class Scheduler(rq_scheduler.Scheduler):  # type: ignore[misc] # rq-scheduler has no types
    """rq-scheduler that reconciles its entries before each look at the clock, so that a flushed Redis fills again."""

    def __init__(
        self, entries: tuple[Entry, ...], connection: Redis, *, each_minute: Callable[[], None] | None = None
    ) -> None:
        """Serve `entries`; call `each_minute` beside them, in this process and not through a queue."""
        super().__init__(connection=connection, interval=INTERVAL_SECONDS)
        self._entries = entries
        self._each_minute = each_minute
        self._called_at = -float(MINUTE_SECONDS)

    def enqueue_jobs(self) -> Any:
        """Queue what is due; called under rq-scheduler's lock, by one scheduler at a time."""
        self.reconcile()
        queued = super().enqueue_jobs()
        now = time.monotonic()
        if self._each_minute is not None and now - self._called_at >= MINUTE_SECONDS:
            self._called_at = now
            self._each_minute()
        return queued

    def enqueue_job(self, job: Job) -> None:
        """Queue one entry, unless its last run still waits: an hour without workers must not pile up sixty."""
        if self.get_queue_for_job(job).get_job_position(job.id) is None:
            super().enqueue_job(job)
        else:
            self._schedule(next(entry for entry in self._entries if entry.id == job.id))

    def reconcile(self) -> None:
        """Make the stored entries equal to the page: new ones added, changed ones replaced, gone ones cancelled."""
        wanted = {entry.id: entry for entry in self._entries}
        stored = {job.id: (job, at) for job, at in self.get_jobs(with_times=True) if job.id.startswith(ID_PREFIX)}
        for gone in stored.keys() - wanted.keys():
            self.cancel(gone)
        for entry in wanted.values():
            found = stored.get(entry.id)
            if found is None or _differs(found[0], entry) or _is_too_late(found[1], entry):
                self._schedule(entry)

    def _schedule(self, entry: Entry) -> None:
        job = find_job(entry.job)
        self.cron(
            entry.cron,
            RUNNER,
            args=[entry.job],
            id=entry.id,
            queue_name=job.queue,
            timeout=job.timeout,
            description=describe(entry.job),
        )


def _differs(stored: Job, entry: Entry) -> bool:
    job = find_job(entry.job)
    wanted = (entry.cron, [entry.job], job.queue, job.timeout)
    return (stored.meta.get("cron_string"), list(stored.args), stored.origin, stored.timeout) != wanted


def _is_too_late(at: datetime, entry: Entry) -> bool:
    """Whether it would miss its next time: the clock was ahead when it was stored, and has been put right since."""
    after: datetime = get_next_scheduled_time(entry.cron)
    return at.replace(tzinfo=UTC) > after.replace(tzinfo=UTC)


def run_forever(entries: tuple[Entry, ...], connection: Redis, *, each_minute: Callable[[], None]) -> None:
    """Serve the page until the process is told to stop; wait for a Redis that is away."""
    # rq-scheduler asks crontab for local times, and the process runs in UTC: the coming change makes no difference.
    warnings.filterwarnings("ignore", category=FutureWarning, module="rq_scheduler")
    log.info("scheduler_started", entries={entry.job: entry.cron for entry in entries})
    pause = 1
    while True:
        try:
            Scheduler(entries, connection, each_minute=each_minute).run()
        except RedisError as error:  # rq-scheduler gives up; its entries and ours are in the database's hands anyway
            log.warning("scheduler_waits_for_redis", error=str(error), seconds=pause)
            time.sleep(pause)
            pause = min(pause * 2, 15)
        else:
            return
