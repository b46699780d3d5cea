"""What blockers tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class BlockerCreated(Event):
    """Somebody waits for something."""

    action = "blocker.created"


@dataclass(frozen=True, slots=True)
class BlockerUpdated(Event):
    """A text or a link changed; also when what it pointed to was deleted."""

    action = "blocker.updated"


@dataclass(frozen=True, slots=True)
class BlockerResolved(Event):
    """The wait is over."""

    action = "blocker.resolved"


@dataclass(frozen=True, slots=True)
class BlockerReopened(Event):
    """It was not over after all."""

    action = "blocker.reopened"


@dataclass(frozen=True, slots=True)
class BlockerArchived(Event):
    """It was put aside."""

    action = "blocker.archived"


@dataclass(frozen=True, slots=True)
class BlockerUnarchived(Event):
    """It was taken out again."""

    action = "blocker.unarchived"


@dataclass(frozen=True, slots=True)
class BlockerDeleted(Event):
    """An administrator deletes it."""

    action = "blocker.deleted"
