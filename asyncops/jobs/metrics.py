"""How jobs went and what waits, in Redis, where every web process finds it.

A job runs in a process that is forked for it and has no port, perhaps on another machine; so it adds its result to a
hash in the Redis it came from. A lost Redis starts the counts anew, which Prometheus knows from restarts; no work is
lost with them, since the rows are the truth. Counting in files would not reach other machines, counting in the
database would write a row for each job, and RQ's own registries forget within the hour.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import structlog
from prometheus_client.metrics_core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import floatToGoString
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq.job import Job as RqJob
from rq.registry import FailedJobRegistry
from rq.utils import utcparse
from rq.worker_registration import WORKERS_BY_QUEUE_KEY
from rq_scheduler import Scheduler

from asyncops.clock import utcnow
from asyncops.extensions import redis_client
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES, job_names

log = structlog.get_logger(__name__)

KEY = "asyncops:metrics:jobs:1"
"""A hash of `<job> <result> <upper bound>` -> runs, and `... sum` -> seconds. Other bounds want another number."""
BOUNDS = (*map(floatToGoString, (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)), "+Inf")
RESULTS = ("ok", "failed")
WAIT_SECONDS = 0.5
"""For each of the few answers that Redis gives at a look."""


def record_run(name: str, *, ok: bool, seconds: float) -> None:
    """Add one run. A Redis that is away costs the count, not the job."""
    run = f"{name} {RESULTS[0] if ok else RESULTS[1]}"
    bound = next(bound for bound in BOUNDS if seconds <= float(bound))
    try:
        with redis_client().pipeline(transaction=True) as pipeline:
            pipeline.hincrby(KEY, f"{run} {bound}", 1)
            pipeline.hincrbyfloat(KEY, f"{run} sum", round(seconds, 6))
            pipeline.execute()
    except RedisError as error:
        log.warning("job_not_counted", error=str(error))


def look(url: str) -> Iterator[Metric]:
    """What Redis knows; raises RedisError where it does not answer. In two steps, however many jobs there are."""
    connection = Redis.from_url(
        url, socket_connect_timeout=WAIT_SECONDS, socket_timeout=WAIT_SECONDS, retry=Retry(NoBackoff(), 0)
    )
    with connection:
        yield from _look(connection)


def _look(connection: Redis) -> Iterator[Metric]:
    with connection.pipeline(transaction=False) as asked:
        for queue in (queue_named(name, connection) for name in QUEUES):
            asked.llen(queue.key)
            asked.lindex(queue.key, 0)
            asked.zcard(FailedJobRegistry(queue=queue).key)
            asked.smembers(WORKERS_BY_QUEUE_KEY % queue.name)
        asked.zrange(Scheduler.scheduled_jobs_key, 0, 0, withscores=True)
        asked.hgetall(KEY)
        *of_queues, due, runs = asked.execute()
    waiting, first, failed, members = (of_queues[place::4] for place in range(4))
    # A killed worker stays in its queues' sets; its own key ends soon.
    names = sorted(set().union(*members))
    with connection.pipeline(transaction=False) as asked:
        for name in names:
            asked.exists(name)
        for job_id in first:
            asked.hget(RqJob.key_for((job_id or b"").decode()), "enqueued_at")
        answers = asked.execute()
    alive = {name for name, exists in zip(names, answers[: len(names)], strict=True) if exists}

    yield _by_queue("asyncops_queue_jobs", "Jobs that wait for a worker", waiting)
    yield _by_queue(
        "asyncops_queue_oldest_job_age_seconds",
        "How long the first job in the queue has waited; 0: none waits",
        [_age(moment) for moment in answers[len(names) :]],
    )
    yield _by_queue("asyncops_queue_failed_jobs", "Failed jobs that the dashboard shows, killed ones too", failed)
    yield _by_queue("asyncops_queue_workers", "Workers that serve the queue", [len(alive & found) for found in members])
    if due:
        late = max(0.0, time.time() - due[0][1])
        yield GaugeMetricFamily(
            "asyncops_scheduler_overdue_seconds", "How long ago the scheduler should have acted", late
        )
    yield _durations({key.decode(): float(value) for key, value in runs.items()})


def _by_queue(name: str, about: str, numbers: list[Any]) -> Metric:
    family = GaugeMetricFamily(name, about, labels=["queue"])
    for queue, number in zip(QUEUES, numbers, strict=True):
        family.add_metric([queue], number)
    return family


def _age(enqueued_at: bytes | None) -> float:
    if enqueued_at is None:
        return 0.0
    moment: datetime = utcparse(enqueued_at.decode())
    return max(0.0, (utcnow() - moment).total_seconds())


def _durations(runs: dict[str, float]) -> Metric:
    # Not `job`: that is Prometheus' own label for what it scrapes.
    family = HistogramMetricFamily(
        "asyncops_job_duration_seconds", "How long jobs ran, by how they ended", labels=["job_name", "result"]
    )
    for name in sorted(job_names()):  # what other releases named otherwise is left out
        for result in RESULTS:
            counts = [runs.get(f"{name} {result} {bound}", 0.0) for bound in BOUNDS]
            total = [(bound, sum(counts[: place + 1])) for place, bound in enumerate(BOUNDS)]
            family.add_metric([name, result], total, sum_value=runs.get(f"{name} {result} sum", 0.0))
    return family
