"""What modules tell each other: past-tense events, heard in the same transaction that made them true."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

from asyncops.actor import Actor
from asyncops.changes import Change


@dataclass(frozen=True, slots=True)
class Subject:
    """The record an event is about: its type as in the API (`status_update`), id and title at that moment.

    `texts` are what people wrote in it, by field. Modules subclass it with what listeners must know of a record.
    """

    type: str
    id: int
    title: str
    texts: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. Subclasses name the action `<record type>.<past verb>`."""

    action: ClassVar[str]

    actor: Actor
    subject: Subject
    changes: tuple[Change, ...] = ()


_listeners: list[tuple[type[Any], Callable[[Any], None]]] = []

E = TypeVar("E")


def listen(kind: type[E]) -> Callable[[Callable[[E], None]], Callable[[E], None]]:
    """Register the decorated function for `kind` and its subclasses; `Event` hears everything.

    Listeners run in order of registration, inside the publisher's transaction: what they raise rolls all of it back.
    """

    def register(listener: Callable[[E], None]) -> Callable[[E], None]:
        _listeners.append((kind, listener))
        return listener

    return register


def actions() -> tuple[str, ...]:
    """Every action that something imported may publish, in alphabetical order."""
    found, kinds = set(), [Event]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found.add(getattr(kind, "action", None))  # a base in between names none
    return tuple(sorted(action for action in found if isinstance(action, str)))


def publish(event: object) -> None:
    """Tell every listener of the event's class, now. Most are an `Event`, which the ledger writes down."""
    for kind, listener in _listeners:
        if isinstance(event, kind):
            listener(event)
