"""The unit of work: one transaction for a request, a job or a command. Nothing else commits."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

import structlog

from asyncops.extensions import db
from asyncops.sessions import Reading

log = structlog.get_logger(__name__)

_after_commit: ContextVar[dict[Hashable, Callable[[], None]] | None] = ContextVar("after_commit", default=None)


@contextmanager
def unit_of_work(*, reads_only: bool = False) -> Iterator[None]:
    """Commit when the block ends, then run its callbacks; roll back and drop them if it raises.

    With `reads_only` there is nothing to commit, and a statement that writes is refused.

    The callbacks are kept here and not in the session's events: rolling back an untouched session fires none,
    and a callback would leak into the next commit.
    """
    if _after_commit.get() is not None:
        raise RuntimeError("A unit of work is already open; it ends at the edge, not inside.")
    callbacks: dict[Hashable, Callable[[], None]] = {}
    token = _after_commit.set(callbacks)
    try:
        with Reading() if reads_only else nullcontext() as reads:
            yield
            if reads is None or reads.has_session:
                db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _after_commit.reset(token)
    for callback in callbacks.values():
        _run_logged(callback)


def after_commit(callback: Callable[[], None], *, once: Hashable = None) -> None:
    """Run the cheap `callback` when the data is saved; what it raises is logged, never an error to the caller.

    Of several with the same `once`, the first alone runs.
    """
    callbacks = _after_commit.get()
    if callbacks is None:
        raise RuntimeError("There is no unit of work to wait for.")
    callbacks.setdefault(object() if once is None else once, callback)


def _run_logged(callback: Callable[[], None]) -> None:
    try:
        callback()
    except Exception:  # the data is saved: a Redis that is away is a log line, and a sweep's work
        log.warning("after_commit_failed", callback=getattr(callback, "__qualname__", repr(callback)), exc_info=True)
