"""Who must hear of an act, and why: one place for all of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from asyncops.changes import Change
from asyncops.events import Event
from modules.blockers.events import BlockerCreated, BlockerEvent, BlockerResolved, BlockerUpdated
from modules.daily_summaries.events import SummaryGenerated
from modules.decisions.events import DecisionCreated, DecisionEvent, DecisionUpdated
from modules.identity import service as identity
from modules.identity.events import UserPasswordChanged, UserReactivated, UserRoleChanged, UserUpdated
from modules.incidents.events import (
    IncidentAssigned,
    IncidentCreated,
    IncidentEvent,
    IncidentStatusChanged,
    IncidentSubject,
    IncidentUpdated,
)
from modules.notifications import queries
from modules.notifications.mentions import mentioned
from modules.webhooks.events import WebhookDisabled

CRITICAL = "critical"
ACCOUNT = "user.updated"


@dataclass(frozen=True, slots=True)
class Reason:
    """Some people are told of an act as `event`, a row of the matrix."""

    event: str
    user_ids: frozenset[int] = frozenset()
    everybody: bool = False
    administrators: bool = False

    def applies_to(self, person: Any) -> bool:
        """Whether it is a reason to tell this person (a row with id and role)."""
        return self.everybody or person.id in self.user_ids or (self.administrators and person.role == "admin")


def is_urgent(event: Event) -> bool:
    """Whether it is about a critical incident."""
    return isinstance(event.subject, IncidentSubject) and event.subject.severity == CRITICAL


def became_critical(event: Event) -> bool:
    """Whether a critical incident is opened, or one raised to critical."""
    if isinstance(event, IncidentCreated):
        return event.subject.severity == CRITICAL
    return isinstance(event, IncidentUpdated) and any(
        change.field == "severity" and change.new == CRITICAL for change in event.changes
    )


def reasons_for(event: Event) -> list[Reason]:
    """All reasons to tell somebody; an empty list for most acts."""
    return [reason for reason in _reasons(event) if reason.user_ids or reason.everybody or reason.administrators]


def _reasons(event: Event) -> Iterator[Reason]:
    if isinstance(event, IncidentEvent):
        yield from _incident(event)
    elif isinstance(event, BlockerEvent):
        yield from _blocker(event)
    elif isinstance(event, DecisionEvent):
        yield from _decision(event)
    elif isinstance(event, SummaryGenerated):
        yield Reason("summary.generated", everybody=event.is_news)
    elif isinstance(event, UserPasswordChanged | UserRoleChanged | UserReactivated | UserUpdated):
        yield _account(event)
    elif isinstance(event, WebhookDisabled):
        yield Reason(event.action, administrators=True)
    yield Reason("user.mentioned", frozenset(_mentioned(event)))


def _incident(event: IncidentEvent) -> Iterator[Reason]:
    incident = event.subject
    if isinstance(event, IncidentCreated | IncidentAssigned):
        yield Reason("incident.assigned", _people(incident.assigned_to_id))
    if became_critical(event):
        yield Reason("incident.created", everybody=True)
    if isinstance(event, IncidentStatusChanged) and _change(event, "status"):
        concerned = _people(incident.reported_by_id, incident.assigned_to_id)
        yield Reason("incident.status_changed", concerned)


def _blocker(event: BlockerEvent) -> Iterator[Reason]:
    if isinstance(event, BlockerCreated):
        links = (event.subject.related_status_id, event.subject.related_incident_id)
        yield Reason("blocker.created", frozenset(queries.owners(status_id=links[0], incident_id=links[1])))
    elif isinstance(event, BlockerUpdated):  # pointed to something else meanwhile
        links = (_new(event, "related_status_id"), _new(event, "related_incident_id"))
        yield Reason("blocker.created", frozenset(queries.owners(status_id=links[0], incident_id=links[1])))
    elif isinstance(event, BlockerResolved) and _change(event, "status"):
        yield Reason("blocker.resolved", _people(event.subject.reported_by_id))


def _decision(event: DecisionEvent) -> Iterator[Reason]:
    if isinstance(event, DecisionCreated | DecisionUpdated):
        people = queries.participants(event.subject.id) | {event.subject.created_by_id}
        yield Reason(event.action, frozenset(people))


def _account(event: Event) -> Reason:
    # A zone that one chose oneself is no news.
    of_note = not isinstance(event, UserUpdated) or event.actor.id != event.subject.id or _change(event, "email")
    return Reason(ACCOUNT, frozenset({event.subject.id} if of_note else ()))


def _mentioned(event: Event) -> set[int]:
    """Whom the new texts mention; an edit calls nobody again."""
    texts = event.subject.texts
    if event.action.endswith(".created"):
        return {user_id for text in texts.values() for user_id in mentioned(text, identity.find_mentioned)}
    found: set[int] = set()
    for change in event.changes:
        if change.field in texts:
            called = mentioned(change.new, identity.find_mentioned)
            found |= called - mentioned(change.old, identity.find_mentioned) if called else set()
    return found


def _people(*user_ids: int | None) -> frozenset[int]:
    return frozenset(user_id for user_id in user_ids if user_id is not None)


def _change(event: Event, field: str) -> Change | None:
    return next((change for change in event.changes if change.field == field), None)


def _new(event: Event, field: str) -> Any:
    change = _change(event, field)
    return change.new if change else None
