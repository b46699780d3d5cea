"""What a worker runs for every job: its own application context, its own unit of work, its ids in the logs."""

from __future__ import annotations

import time

import structlog
from flask import Flask
from rq import get_current_job

from asyncops import error_reports
from asyncops.jobs.metrics import record_run
from asyncops.jobs.registry import find_job
from asyncops.transaction import unit_of_work

log = structlog.get_logger("asyncops.job")

_application: Flask | None = None


def bind(app: Flask) -> None:
    """Say which application this worker process serves; once, before it takes work."""
    global _application  # noqa: PLW0603 - RQ calls `run` by its dotted path, with nothing but the job's arguments
    _application = app


def run(name: str, *ids: int | str) -> None:
    """Run one job by name. What it raises rolls everything back and stays visible in the dashboard."""
    if _application is None:
        raise RuntimeError("This worker was not started with `asyncops worker`.")
    job = find_job(name)
    rq_job = get_current_job()
    started = time.perf_counter()
    context = {
        "job": name,
        "job_id": rq_job.id if rq_job else None,
        "request_id": rq_job.meta.get("request_id") if rq_job else None,
    }
    with structlog.contextvars.bound_contextvars(**context):
        try:
            with _application.app_context(), unit_of_work():
                job.function(*ids)
        except Exception as error:
            log.exception("job_failed", ids=ids)
            _count(_application, name, ok=False, started=started)
            error_reports.report(error, job=name, request_id=context["request_id"])
            error_reports.flush()  # this process ends with the job, and does not wait for its threads
            raise
        log.info("job", ids=ids, duration_ms=round((time.perf_counter() - started) * 1000, 1))
        _count(_application, name, ok=True, started=started)


def _count(app: Flask, name: str, *, ok: bool, started: float) -> None:
    with app.app_context():
        record_run(name, ok=ok, seconds=time.perf_counter() - started)
