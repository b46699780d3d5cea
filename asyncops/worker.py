"""The worker process: RQ's forking worker, tuned so that a killed one is noticed within seconds."""

from __future__ import annotations

import logging
import os

import redis
import structlog
from rq import Worker

from asyncops.app import after_fork, create_app
from asyncops.config import Settings
from asyncops.jobs import runner
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.serializer import JSONSerializer

log = structlog.get_logger(__name__)

WORKER_TTL_SECONDS = 30
MAINTENANCE_SECONDS = 10
MONITORING_SECONDS = 5


def work(settings: Settings, *, burst: bool = False) -> None:
    """Work until told to stop (a job in hand is finished first), or, with `burst`, until the queues are empty."""
    app = create_app(settings)
    runner.bind(app)
    os.register_at_fork(after_in_child=lambda: after_fork(app))
    log.info("worker_started", queues=QUEUES)
    connection = redis.Redis.from_url(settings.redis_url)
    Worker(
        [queue_named(name, connection) for name in QUEUES],
        connection=connection,
        serializer=JSONSerializer,
        worker_ttl=WORKER_TTL_SECONDS,
        maintenance_interval=MAINTENANCE_SECONDS,
        job_monitoring_interval=MONITORING_SECONDS,
    ).work(
        burst=burst,
        with_scheduler=not burst,
        logging_level=logging.getLevelName(logging.getLogger("rq.worker").getEffectiveLevel()),
    )
