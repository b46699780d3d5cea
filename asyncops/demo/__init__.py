"""Demo data: a believable team and two weeks of its work, written through the same services that people use."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

from asyncops.actor import Actor
from asyncops.clock import as_of, utcnow
from asyncops.extensions import settings
from asyncops.transaction import unit_of_work
from modules.identity import service as identity
from modules.identity.errors import EmailTaken
from modules.status_updates import service as status_updates

DOMAIN = "velotools.example"
PASSWORD = "demo-team-1"  # noqa: S105 - printed for everybody; the seeding refuses to run in production
DAYS = 14


def seed() -> str:
    """Write the story up to now, all of it or nothing; gives a sentence that says what was done."""
    if settings().in_production:
        return "Demo data is not for production: its passwords are public."
    story = tomllib.loads((files("asyncops.demo") / "story.toml").read_text("utf-8"))
    now = utcnow()
    try:
        with unit_of_work():
            team = _join(story["team"], now - timedelta(days=DAYS))
            posted = _post(story["updates"], team, now)
    except EmailTaken:
        return "The demo team is there already."
    return f"Demo: {len(team)} people, {posted} status updates. Sign in as {_email(story['team'][0])} with {PASSWORD}"


def _join(members: list[dict[str, str]], moment: datetime) -> dict[str, Actor]:
    team = {}
    with as_of(moment):
        for member in members:
            user = identity.create_account(email=_email(member), password=PASSWORD, full_name=member["full_name"])
            actor = Actor(id=user.id, role=user.role, timezone=member["timezone"])
            identity.edit_profile(actor, timezone=actor.timezone)
            team[member["key"]] = actor
    return team


def _post(updates: list[dict[str, Any]], team: dict[str, Actor], now: datetime) -> int:
    moments = [(_moment(update, team[update["author"]], now), update) for update in updates]
    past = sorted(((moment, update) for moment, update in moments if moment < now), key=lambda pair: pair[0])
    for moment, update in past:
        with as_of(moment):
            status_updates.post_status_update(
                team[update["author"]], title=update["title"], content=update["content"], tags=update.get("tags", [])
            )
    return len(past)


def _moment(update: dict[str, Any], author: Actor, now: datetime) -> datetime:
    zone = ZoneInfo(author.timezone)
    day = now.astimezone(zone).date() - timedelta(days=update["days_ago"])
    return datetime.combine(day, update["at"], zone)


def _email(member: dict[str, str]) -> str:
    return f"{member['key']}@{DOMAIN}"
