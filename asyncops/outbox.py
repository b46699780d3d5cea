"""What has to leave the building: rows that are claimed, acted on and marked; the row is the only retry ladder.

A table of such rows mixes in `Outgoing` and registers the job that sends one of them. A request writes rows and calls
`nudge`, once or often: that is one job, which hands every due row to its own. The same job runs each minute, so that
what a crash or a lost Redis left behind goes out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import ColumnElement, DateTime, Index, String, func, literal, select, text, union_all, update
from sqlalchemy.orm import Mapped, mapped_column

from asyncops import metrics
from asyncops.clock import utcnow
from asyncops.extensions import db
from asyncops.jobs import count_waiting, enqueue_after_commit, job

log = structlog.get_logger(__name__)

LADDER = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""The pauses after each failed attempt; after the last one the message is given up, visibly: about a day."""

LOST_AFTER = timedelta(seconds=30)
"""A row that was handed to its job this long ago, and is still due, is handed out again."""
SCHEDULER_STEP = timedelta(seconds=1)
"""RQ's own scheduler cuts times to whole seconds: without this it would look a moment before the row is due."""
BATCH = 500
FULL = 5_000
"""A queue with so many jobs gets no more for now: about what a worker does in a minute. Where receivers hang, every
row would be handed out again each minute, and Redis fill up with the same few."""
SWEEP_SECONDS = 60
MAX_ERROR = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt ended; `error` None: it arrived. A `permanent` failure is not tried again."""

    error: str | None = None
    permanent: bool = False


ARRIVED = Outcome()


class Outgoing:
    """The columns of a message on its way. `due_at` null: there is nothing left to do, it was sent or given up."""

    due_at: Mapped[datetime | None] = mapped_column(default=utcnow, server_default=func.now())
    attempts: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(MAX_ERROR))
    nudged_at: Mapped[datetime | None]

    def record(self, outcome: Outcome, *, at: datetime) -> None:
        """Write an attempt down: sent, or why not and when the next is due; a nudge is scheduled for then."""
        self.attempts += 1
        self.nudged_at = None
        if outcome.error is None:
            self.sent_at, self.due_at, self.last_error = at, None, None
            return
        self.last_error = outcome.error[:MAX_ERROR]
        if outcome.permanent or self.attempts > len(LADDER):
            self.due_at = None
            log.warning("message_given_up", kind=type(self).__name__, attempts=self.attempts, error=self.last_error)
            return
        pause = LADDER[self.attempts - 1]
        self.due_at = at + pause
        if pause.total_seconds() < SWEEP_SECONDS:  # else the sweep is soon enough
            nudge(delay=pause + SCHEDULER_STEP)

    def drop(self, reason: str) -> None:
        """Let it be, for good: nobody wants it any more."""
        self.due_at, self.last_error = None, reason[:MAX_ERROR]


def index_of_due(table: str) -> Index:
    """The index by which due rows are found; it holds nothing but what is still to be sent."""
    return Index(f"ix_{table}_due", "due_at", postgresql_where=text("due_at IS NOT NULL"))


@dataclass(frozen=True, slots=True)
class Outbox:
    """A table of `Outgoing` rows, and the name of the job that sends one."""

    model: type[Any]
    job: str
    expires_at: Any = None  # a column: what is past it is not worth sending

    def due(self, at: datetime) -> ColumnElement[bool]:
        """The rows that should be on their way at a moment."""
        there: ColumnElement[bool] = self.model.due_at <= at
        return there if self.expires_at is None else there & (self.expires_at > at)


_outboxes: dict[str, Outbox] = {}

M = TypeVar("M", bound=Outgoing)


def register(outbox: Outbox) -> None:
    """Let the sweep look after this table too."""
    _outboxes[outbox.job] = outbox


def nudge(*, delay: timedelta | None = None) -> None:
    """Have due rows sent when this unit of work is saved; one job, however many rows it wrote."""
    enqueue_after_commit("outbox.send_due", delay=delay)


def claim(model: type[M], row_id: int, *also: ColumnElement[bool]) -> M | None:
    """The row, locked, if it is due and nobody else is sending it. Being killed lets go of it."""
    columns: Any = model
    mine = select(model).where(columns.id == row_id, columns.due_at <= utcnow(), *also)
    found: M | None = db.session.scalars(
        mine.with_for_update(skip_locked=True, key_share=True).execution_options(populate_existing=True)
    ).one_or_none()
    return found


def count_given_up() -> int:
    """How many messages, as far as they are still kept, were tried in vain to the end of the ladder."""
    return sum(
        db.session.scalar(
            select(func.count()).where(box.model.sent_at.is_(None), box.model.due_at.is_(None), box.model.attempts > 0)
        )
        or 0
        for box in _outboxes.values()
    )


def count_late(before: datetime) -> int:
    """How many messages should have been sent by then, over all tables."""
    return sum(
        db.session.scalar(select(func.count()).select_from(box.model).where(box.due(before))) or 0
        for box in _outboxes.values()
    )


def _overdue() -> Any:
    now = utcnow()
    moment = literal(now, DateTime(timezone=True))
    return union_all(
        *(
            select(literal(box.job), func.coalesce(func.extract("epoch", moment - func.min(box.model.due_at)), 0))
            .select_from(box.model)
            .where(box.due(now))
            for box in _outboxes.values()
        )
    )


metrics.register(
    metrics.DatabaseGauge(
        "asyncops_outbox_oldest_due_seconds",
        "How long the oldest message that should be on its way is due; 0: none is",
        _overdue,
        label="outbox",
    )
)


@job("outbox.send_due", queue="notifications", retry_after=())
def send_due() -> None:
    """Hand every due row to its job. One that was handed out a moment ago is left alone."""
    now = utcnow()
    for box in _outboxes.values():
        if count_waiting(box.job) >= FULL:
            continue
        model = box.model
        waits = model.nudged_at.is_(None) | (model.nudged_at < now - LOST_AFTER)
        some = select(model.id).where(box.due(now), waits).order_by(model.due_at, model.id).limit(BATCH)
        taken = update(model).where(model.id.in_(some.with_for_update(skip_locked=True, key_share=True)))
        # Past the session: no row is loaded, and no version is bumped.
        ids = db.session.scalars(
            taken.values(nudged_at=now).returning(model.id).execution_options(synchronize_session=False)
        ).all()
        for row_id in sorted(ids):
            enqueue_after_commit(box.job, row_id)
        if len(ids) == BATCH:
            nudge()
