"""What decisions tell others."""

from dataclasses import dataclass

from asyncops.events import Event


@dataclass(frozen=True, slots=True)
class DecisionCreated(Event):
    """Somebody recorded one."""

    action = "decision.created"


@dataclass(frozen=True, slots=True)
class DecisionUpdated(Event):
    """A text, the date, tags or participants changed."""

    action = "decision.updated"


@dataclass(frozen=True, slots=True)
class DecisionDeleted(Event):
    """It was deleted; its history stays readable."""

    action = "decision.deleted"
