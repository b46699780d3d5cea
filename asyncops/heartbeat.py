"""One log line a minute about the work that waits: what log-based metrics, alarms and autoscaling count.

The scheduler writes it and no job does: a job would wait in the queue that it is to measure.
"""

from __future__ import annotations

from datetime import timedelta

import structlog
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from asyncops import outbox
from asyncops.clock import as_of, utcnow
from asyncops.extensions import redis_client
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES
from asyncops.transaction import unit_of_work
from modules.daily_summaries import service as daily_summaries

log = structlog.get_logger(__name__)

LATE = timedelta(minutes=5)
"""What should have happened this long ago is late: everything is looked for at least once a minute."""


def beat(app: Flask) -> None:
    """Log `heartbeat` with what waits and what is late. Raises RedisError: without Redis there is no clock either."""
    with app.app_context():
        waiting = {name: queue_named(name, redis_client()).count for name in QUEUES}
        log.info("heartbeat", jobs_waiting=sum(waiting.values()), queues=waiting, **_late())


def _late() -> dict[str, int]:
    try:
        with unit_of_work():
            messages = outbox.count_late(utcnow() - LATE)
            with as_of(utcnow() - LATE):
                return {"summaries_late": len(daily_summaries.days_due()), "messages_late": messages}
    except SQLAlchemyError as error:  # the clock must not stop for it; the line then says nothing of what is late
        log.warning("heartbeat_without_database", error=str(error).splitlines()[0])
        return {}
