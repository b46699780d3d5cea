"""From a request or a job to the queue: a nudge after the commit, never the truth."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

import structlog
from flask import current_app
from redis import Redis
from redis.exceptions import TimeoutError as RedisTimeout
from rq import Queue, Retry

from asyncops.extensions import redis_client
from asyncops.jobs.registry import Job, find_job
from asyncops.jobs.serializer import JSONSerializer
from asyncops.transaction import after_commit

RUNNER = "asyncops.jobs.runner.run"
"""The dotted path stored in Redis; public, see `registry`."""

RESULT_TTL = 3600
FAILURE_TTL = 7 * 24 * 3600

SPARED_FOR = 5.0
"""Seconds for which nobody waits for a queue that did not answer in time; else every write would."""
SILENT_UNTIL = "asyncops.queue_silent_until"

Argument = int | str

log = structlog.get_logger(__name__)


def enqueue_after_commit(name: str, *ids: Argument, delay: timedelta | None = None) -> None:
    """Nudge the job `name` with record ids (numbers or ISO dates) when this unit of work is saved, or `delay` later.

    The same nudge twice in one unit of work is one. If Redis does not answer, that is logged; a sweep finds the row.
    """
    job = find_job(name)
    request_id = structlog.contextvars.get_contextvars().get("request_id")

    def nudge() -> None:
        if time.monotonic() < current_app.extensions.get(SILENT_UNTIL, 0.0):
            log.info("nudge_left_to_the_sweep", job=name)
            return
        try:
            put(redis_client(), job, ids, request_id, delay)
        except RedisTimeout:
            current_app.extensions[SILENT_UNTIL] = time.monotonic() + SPARED_FOR
            raise

    after_commit(nudge, once=(name, ids, delay))


def queue_named(name: str, connection: Redis) -> Queue:
    """The RQ queue, speaking JSON."""
    return Queue(name, connection=connection, serializer=JSONSerializer)


def count_waiting(name: str) -> int:
    """How many jobs wait in the queue of the job `name`, of this and of other names."""
    return queue_named(find_job(name).queue, redis_client()).count


def put(
    connection: Redis, job: Job, ids: tuple[Argument, ...], request_id: str | None, delay: timedelta | None
) -> None:
    """Put one run of `job` into its queue, or into the care of RQ's own scheduler until its time has come."""
    queue = queue_named(job.queue, connection)
    enqueue = queue.enqueue if delay is None else partial(queue.enqueue_in, delay)
    enqueue(
        RUNNER,
        args=(job.name, *ids),
        description=describe(job.name, ids),
        job_timeout=job.timeout,
        result_ttl=RESULT_TTL,
        failure_ttl=FAILURE_TTL,
        retry=Retry(max=len(job.retry_after), interval=list(job.retry_after)) if job.retry_after else None,
        meta={"request_id": request_id},
    )


def describe(name: str, ids: tuple[Argument, ...] = ()) -> str:
    """How a run shows in the dashboard and the logs: `daily_summaries.generate(2026-11-22)`."""
    return f"{name}({', '.join(map(str, ids))})"
