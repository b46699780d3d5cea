"""What blockers tell others."""

from dataclasses import dataclass

from asyncops.events import Event, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockerSubject(Subject):
    """What listeners must know of a blocker."""

    reported_by_id: int
    related_status_id: int | None
    related_incident_id: int | None


@dataclass(frozen=True, slots=True)
class BlockerEvent(Event):
    """Something that happened to a blocker."""

    subject: BlockerSubject


@dataclass(frozen=True, slots=True)
class BlockerCreated(BlockerEvent):
    """Somebody waits for something."""

    action = "blocker.created"


@dataclass(frozen=True, slots=True)
class BlockerUpdated(BlockerEvent):
    """A text or a link changed; also when what it pointed to was deleted."""

    action = "blocker.updated"


@dataclass(frozen=True, slots=True)
class BlockerResolved(BlockerEvent):
    """The wait is over."""

    action = "blocker.resolved"


@dataclass(frozen=True, slots=True)
class BlockerReopened(BlockerEvent):
    """It was not over after all."""

    action = "blocker.reopened"


@dataclass(frozen=True, slots=True)
class BlockerArchived(BlockerEvent):
    """It was put aside."""

    action = "blocker.archived"


@dataclass(frozen=True, slots=True)
class BlockerUnarchived(BlockerEvent):
    """It was taken out again."""

    action = "blocker.unarchived"


@dataclass(frozen=True, slots=True)
class BlockerDeleted(BlockerEvent):
    """An administrator deletes it."""

    action = "blocker.deleted"
