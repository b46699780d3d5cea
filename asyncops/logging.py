"""JSON log lines with the ids of the request and the job they belong to."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog

TALKATIVE = (
    "rq.worker",
    "rq.scheduler",
    "rq_scheduler.scheduler",
    "alembic.runtime.migration",
    "flask-limiter",
    "asyncops.database_metrics.MeasuredPool",  # SQLAlchemy names a pool's logger after its class
)
"""Libraries whose every step is news only when one looks for a fault: they speak at LOG_LEVEL=DEBUG."""

SILENT = ("apprise", "urllib3.connectionpool")
"""Libraries that name the addresses they talk to, and the keys in them."""


def configure(level: str) -> None:
    """Send every log line, ours and the libraries', to standard output as one JSON object."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,  # request_id, job_id, ... bound at the edges
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dumps),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in ("gunicorn.error", "gunicorn.access", "rq.worker", "rq_scheduler.scheduler"):
        logger = logging.getLogger(name)
        logger.handlers = []
        logger.propagate = True
    for name in SILENT:
        logging.getLogger(name).disabled = True
    if level == "INFO":
        for name in TALKATIVE:
            logging.getLogger(name).setLevel(logging.WARNING)


def _dumps(line: dict[str, Any], **options: Any) -> str:
    first = {key: line.pop(key) for key in ("timestamp", "level", "event") if key in line}
    return orjson.dumps(first | line, default=options.get("default", str)).decode()
