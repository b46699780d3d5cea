"""JSON log lines with the ids of the request and the job they belong to."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import nullcontext
from typing import Any, ClassVar

import orjson
import structlog
from structlog.processors import NAME_TO_LEVEL

TALKATIVE = (
    "rq.worker",
    "rq.scheduler",
    "rq_scheduler.scheduler",
    "alembic.runtime.migration",
    "flask-limiter",
    "asyncops.database_metrics.MeasuredPool",  # SQLAlchemy names a pool's logger after its class
    "asyncops.database_metrics.ReplicaPool",
)
"""Libraries whose every step is news only when one looks for a fault: they speak at LOG_LEVEL=DEBUG."""

SILENT = ("apprise", "urllib3.connectionpool")
"""Libraries that name the addresses they talk to, and the keys in them."""


class _Straight:
    """Our own lines go to the handler's stream as they are: the way through `logging` costs several times the line."""

    handler: ClassVar[logging.StreamHandler[Any]]

    def __init__(self, name: str) -> None:
        self.name = name
        self.wants = logging.getLogger(name).isEnabledFor

    def info(self, line: str) -> None:
        """Write the line."""
        handler = self.handler
        try:
            with handler.lock or nullcontext():
                handler.stream.write(line + "\n")
                handler.flush()
        except Exception:  # noqa: BLE001 - as in `logging`: a line that can't be written is no reason to fail
            handler.handleError(logging.makeLogRecord({"name": self.name, "msg": line}))

    debug = warning = error = critical = exception = info


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
    handler = _Straight.handler = logging.StreamHandler(sys.stdout)
    as_json = structlog.processors.JSONRenderer(serializer=_dumps)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, as_json],
        )
    )
    structlog.configure(
        processors=[_drop_unwanted, *shared, as_json],
        logger_factory=_Straight,
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
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


def _drop_unwanted(logger: _Straight, method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if not logger.wants(NAME_TO_LEVEL[method]):
        raise structlog.DropEvent
    return line


def _dumps(line: dict[str, Any], **options: Any) -> str:
    first = {key: line.pop(key) for key in ("timestamp", "level", "event") if key in line}
    return orjson.dumps(first | line, default=options.get("default", str)).decode()
