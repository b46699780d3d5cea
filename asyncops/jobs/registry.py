"""The jobs by name. A name is public: renaming one needs an alias for a release, for what is still queued."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

QUEUES = ("summaries", "notifications", "webhooks", "maintenance")
"""All queues, in the order in which a worker looks for work: a receiver that hangs must not hold up people's mails."""


@dataclass(frozen=True, slots=True)
class Job:
    """A registered job: `timeout` and the growing `retry_after` intervals are in seconds."""

    name: str
    function: Callable[..., None]
    queue: str
    timeout: int
    retry_after: tuple[int, ...]


_jobs: dict[str, Job] = {}


def job(
    name: str, *, queue: str, timeout: int = 60, retry_after: tuple[int, ...] = (5, 30, 120)
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Register the decorated function under `<module>.<verb>`. It must be harmless to run twice, and take only ids."""
    if queue not in QUEUES:
        raise ValueError(f"{queue} is not one of {QUEUES}")

    def register(function: Callable[..., None]) -> Callable[..., None]:
        if name in _jobs and _jobs[name].function is not function:
            raise ValueError(f"Two jobs are named {name}")
        _jobs[name] = Job(name, function, queue, timeout, retry_after)
        return function

    return register


def find_job(name: str) -> Job:
    """The job of that name; raises LookupError for a name nobody registered."""
    if name not in _jobs:
        raise LookupError(f"No job is named {name}")
    return _jobs[name]


def job_names() -> frozenset[str]:
    """All registered names."""
    return frozenset(_jobs)
