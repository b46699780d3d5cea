"""Demo data: a believable team and two weeks of its work, written through the same services that people use."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from asyncops.actor import Actor
from asyncops.changes import ABSENT
from asyncops.clock import as_of, utcnow
from asyncops.extensions import settings
from asyncops.transaction import unit_of_work
from modules.blockers import service as blockers
from modules.decisions import service as decisions
from modules.identity import service as identity
from modules.identity.errors import EmailTaken
from modules.incidents import service as incidents
from modules.notifications import service as notifications
from modules.status_updates import service as status_updates

DOMAIN = "velotools.example"
PASSWORD = "demo-team-1"  # noqa: S105 - printed for everybody; the seeding refuses to run in production
DAYS = 14

Act = Callable[[], object]


def seed() -> str:
    """Write the story up to now, all of it or nothing; gives a sentence that says what was done."""
    if settings().in_production:
        return "Demo data is not for production: its passwords are public."
    story = tomllib.loads((files("asyncops.demo") / "story.toml").read_text("utf-8"))
    now = utcnow()
    try:
        with unit_of_work():
            team = _join(story["team"], now - timedelta(days=DAYS))
            past = [(moment, act) for moment, act in _acts(story, team, now) if moment < now]
            for moment, act in sorted(past, key=lambda pair: pair[0]):
                with as_of(moment):
                    act()
    except EmailTaken:
        return "The demo team is there already."
    return f"Demo: a team of {len(team)} with two weeks of work. Sign in as {_email(story['team'][0])} with {PASSWORD}"


def _join(members: list[dict[str, str]], moment: datetime) -> dict[str, Actor]:
    team = {}
    with as_of(moment):
        for member in members:
            user = identity.create_account(email=_email(member), password=PASSWORD, full_name=member["full_name"])
            actor = Actor(id=user.id, role=user.role, timezone=member["timezone"])
            identity.edit_profile(actor, timezone=actor.timezone)
            team[member["key"]] = actor
    return team


def _acts(story: dict[str, Any], team: dict[str, Actor], now: datetime) -> Iterator[tuple[datetime, Act]]:
    """Everything that somebody did before now, with its moment."""
    for update in story["updates"]:
        yield _moment(update, team[update["author"]], now), partial(_post, team, update)
    for decision in story["decisions"]:
        moment = _moment(decision, team[decision["creator"]], now)
        yield moment, partial(_decide, team, decision, moment.date())
    for actor in team.values():  # what is older has been read
        yield now - timedelta(days=1), partial(notifications.read_all, actor)
    for record, report, step in (
        ("incidents", _report_incident, _change_status),
        ("blockers", _report_blocker, _resolve),
    ):
        for entry in story[record]:
            made: list[int] = []  # the record's id, once the first act has run
            yield _moment(entry, team[entry["reporter"]], now), partial(report, team, entry, made)
            for taken in entry.get("steps", []):
                yield _moment(taken, team[taken["by"]], now), partial(step, team, taken, made)


def _post(team: dict[str, Actor], update: dict[str, Any]) -> None:
    status_updates.post_status_update(
        team[update["author"]], title=update["title"], content=update["content"], tags=update.get("tags", [])
    )


def _decide(team: dict[str, Actor], decision: dict[str, Any], day: date) -> None:
    decisions.record_decision(
        team[decision["creator"]],
        title=decision["title"],
        description=decision["description"],
        context=decision["context"],
        outcome=decision["outcome"],
        decision_date=day,
        participant_ids=[team[key].id or 0 for key in decision["with"]],
        tags=decision["tags"],
    )


def _report_incident(team: dict[str, Actor], entry: dict[str, Any], made: list[int]) -> None:
    assignee = team[entry["assigned_to"]].id if "assigned_to" in entry else None
    incident = incidents.report_incident(
        team[entry["reporter"]],
        title=entry["title"],
        description=entry["description"],
        severity=entry["severity"],
        assigned_to_id=assignee,
    )
    made.append(incident.id)


def _change_status(team: dict[str, Actor], step: dict[str, Any], made: list[int]) -> None:
    incidents.change_incident_status(
        team[step["by"]], made[0], status=step["status"], resolution_notes=step.get("notes", ABSENT)
    )


def _report_blocker(team: dict[str, Actor], entry: dict[str, Any], made: list[int]) -> None:
    blocker = blockers.report_blocker(team[entry["reporter"]], description=entry["description"], impact=entry["impact"])
    made.append(blocker.id)


def _resolve(team: dict[str, Actor], step: dict[str, Any], made: list[int]) -> None:
    blockers.resolve_blocker(team[step["by"]], made[0], resolution_notes=step["resolve"])


def _moment(update: dict[str, Any], author: Actor, now: datetime) -> datetime:
    zone = ZoneInfo(author.timezone)
    day = now.astimezone(zone).date() - timedelta(days=update["days_ago"])
    return datetime.combine(day, update["at"], zone)


def _email(member: dict[str, str]) -> str:
    return f"{member['key']}@{DOMAIN}"
