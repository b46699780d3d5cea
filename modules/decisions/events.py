"""What decisions tell others."""

from dataclasses import dataclass

from asyncops.events import Event, Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionSubject(Subject):
    """What listeners must know of a decision."""

    created_by_id: int


@dataclass(frozen=True, slots=True)
class DecisionEvent(Event):
    """Something that happened to a decision."""

    subject: DecisionSubject


@dataclass(frozen=True, slots=True)
class DecisionCreated(DecisionEvent):
    """Somebody recorded one."""

    action = "decision.created"


@dataclass(frozen=True, slots=True)
class DecisionUpdated(DecisionEvent):
    """A text, the date, tags or participants changed."""

    action = "decision.updated"


@dataclass(frozen=True, slots=True)
class DecisionDeleted(DecisionEvent):
    """It was deleted; its history stays readable."""

    action = "decision.deleted"
