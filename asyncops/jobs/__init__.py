"""Slow work: jobs by name, enqueued after the commit, run in a unit of work of their own by RQ."""

from asyncops.jobs.enqueue import count_waiting, enqueue_after_commit
from asyncops.jobs.registry import job

__all__ = ["count_waiting", "enqueue_after_commit", "job"]
