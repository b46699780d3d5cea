"""What is wrong with a deployment, in plain words: it looks at everything, changes nothing, and says what to do."""

from __future__ import annotations

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.registry import FailedJobRegistry
from sqlalchemy import text

from asyncops import outbox
from asyncops.backup.files import age_of_newest
from asyncops.clock import as_of, utcnow
from asyncops.config import Settings
from asyncops.extensions import db, redis_client
from asyncops.http.health import database_state
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.scheduling import Scheduler
from asyncops.jobs.serializer import JSONSerializer
from asyncops.mail.smtp import find_fault
from asyncops.replica import Unusable, find_replica, primary_says
from asyncops.schedule import ENTRIES
from modules.daily_summaries import service as daily_summaries
from modules.identity import service as identity

LATE = timedelta(minutes=5)
"""What should have happened this long ago is late: everything is looked for at least once a minute."""
SKEW = timedelta(seconds=5)
BACKUP_AGE = timedelta(hours=26)  # made each night, and an hour or two late
HOURS_UNTIL_DAYS = 48
MIN_POSTGRESQL = 140_000
MIN_FREE_BYTES = 500 * 1024**2
SPARE_CONNECTIONS = 10  # workers, the scheduler, a person with psql
WEB_TIMEOUT_SECONDS = 5

Level = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One sentence about the deployment. A problem wants somebody to act, a note is worth knowing."""

    level: Level
    text: str


Findings = Iterator[Finding]


def examine(settings: Settings) -> Findings:
    """Look at everything, the database first; needs an application context."""
    yield from _configuration(settings)
    state = database_state()
    if state != "ok":
        cure = {
            "unreachable": "Nothing works without it: look whether the server runs and at DATABASE_URL",
            "lacks its tables": "Run `asyncops migrate`",
            "lacks a revision": "Run `asyncops migrate`",
        }[state]
        yield Finding("problem", f"The database {'is ' if state == 'unreachable' else ''}{state}. {cure}.")
    else:
        yield from _database(settings)
        yield from _replica()
        yield from _work()
    try:
        yield from _queues()
    except RedisError as error:
        yield Finding(
            "problem",
            f"Redis does not answer ({error}). What people write is saved, but no summary, no mail goes out until it "
            "does: look whether the server runs and at REDIS_URL.",
        )
    yield from _files(settings)
    yield from _backups(settings)
    yield from _mail(settings)
    yield from _web(settings)


def _configuration(settings: Settings) -> Findings:
    if not settings.in_production:
        yield Finding("note", "This is development mode: for a team, set ASYNCOPS_ENV=production.")
        return
    if settings.trusted_proxies == 0:
        yield Finding(
            "note",
            "TRUSTED_PROXIES is 0: if a proxy ends TLS, everybody shares its address in the rate limits, and nobody "
            "is sent from http to https.",
        )
    if settings.registration == "open":
        yield Finding("note", "REGISTRATION is open: whoever reaches the sign-in page can join.")
    if not settings.ratelimit_enabled:
        yield Finding("problem", "RATELIMIT_ENABLED is 0: passwords can be guessed without end.")


def _database(settings: Settings) -> Findings:
    asked = (
        "SELECT current_setting('server_version_num')::int, current_setting('max_connections')::int, clock_timestamp()"
    )
    version, connections, now = db.session.execute(text(asked)).one()
    yield Finding("ok", f"PostgreSQL {version // 10_000} answers, with this release's schema.")
    if version < MIN_POSTGRESQL:
        yield Finding("problem", "PostgreSQL is older than 14; nobody has tried that. Upgrade it.")
    # Also asks for the two that a pool opens beyond its size, see `asyncops.app`.
    wanted = settings.web_concurrency * (settings.web_threads + 2) + SPARE_CONNECTIONS
    if connections < wanted:
        yield Finding(
            "problem",
            f"PostgreSQL takes {connections} connections, the processes may want {wanted}: raise max_connections, "
            "or lower WEB_CONCURRENCY or WEB_THREADS.",
        )
    for name in ("fsync", "full_page_writes", "synchronous_commit"):
        if db.session.scalar(text("SELECT current_setting(:name)"), {"name": name}) == "off":
            yield Finding("problem", f"{name} is off: what people were told is saved can be lost. Switch it on.")
    if abs(now - utcnow()) > SKEW:
        yield Finding("problem", "The clocks of this machine and the database differ by more than 5 s: use NTP.")
    guards = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'activity'::regclass AND tgenabled = 'A'"
    if db.session.scalar(text(guards)) != len(("append_only_rows", "append_only_table")):
        yield Finding("problem", "The ledger's triggers are missing or switched off: its rows could be changed.")


def _replica() -> Findings:
    replica = find_replica()
    if replica is None:
        return
    try:
        lag = replica.look(primary_says(db.session.connection()))
    except Unusable as reason:
        yield Finding(
            "problem",
            f"The replica {reason}. The primary serves its share too: look at the server and at DATABASE_REPLICA_URL.",
        )
    else:
        yield Finding("ok", f"The replica answers, at most {lag:.0f} s behind.")


def _work() -> Findings:
    if not identity.has_admin():
        yield Finding("problem", "There is no active administrator. Run `asyncops create-admin`.")
    with as_of(utcnow() - LATE):
        late = daily_summaries.days_due()
    if late:
        days = ", ".join(day.isoformat() for day in late)
        yield Finding(
            "problem", f"Late summaries: {days}. They come within minutes where a worker and a scheduler run."
        )
    if late_messages := outbox.count_late(utcnow() - LATE):
        yield Finding("problem", f"{late_messages} messages should be out by now. A worker sends them.")
    if given_up := outbox.count_given_up():
        yield Finding("note", f"{given_up} messages were given up after a day; last_error on their rows says why.")


def _queues() -> Findings:
    connection = redis_client()
    connection.ping()
    yield Finding("ok", "Redis answers.")
    policy = connection.info("memory").get("maxmemory_policy", "noeviction")  # hosted ones refuse CONFIG
    if policy != "noeviction":
        yield Finding("problem", f"Redis may throw jobs away when it is full ({policy}): set noeviction.")

    workers = Worker.all(connection=connection, serializer=JSONSerializer)
    served = {name for worker in workers for name in worker.queue_names()}
    if idle := [name for name in QUEUES if name not in served]:
        yield Finding("problem", f"No worker serves {', '.join(idle)}. Start `asyncops worker`.")
    else:
        yield Finding("ok", f"{len(workers)} worker{'s' if len(workers) > 1 else ''} for all queues.")

    due = {job.id: moment for job, moment in Scheduler(ENTRIES, connection).get_jobs(with_times=True)}
    before = (utcnow() - LATE).replace(tzinfo=None)
    if any(entry.id not in due or due[entry.id] < before for entry in ENTRIES):
        yield Finding("problem", "No scheduler runs: nothing happens by the clock. Start `asyncops scheduler`.")
    else:
        yield Finding("ok", "The scheduler keeps the clock.")
    for name in QUEUES:
        yield from _queue(queue_named(name, connection))


def _queue(queue: Queue) -> Findings:
    first = next(iter(queue.get_jobs(0, 1)), None)
    if first is not None and first.enqueued_at and first.enqueued_at < utcnow() - LATE:
        yield Finding("problem", f"{queue.count} jobs wait in {queue.name}, the first for over 5 minutes: add workers.")
    if failed := FailedJobRegistry(queue=queue).count:
        yield Finding("note", f"{failed} jobs of {queue.name} failed lately; see /admin/jobs.")


def _files(settings: Settings) -> Findings:
    folder = Path(settings.data_dir).resolve()
    try:
        there = next(path for path in (folder, *folder.parents) if path.exists())
    except PermissionError:
        yield Finding("problem", f"This account can't look into {folder} (DATA_DIR): run as the owner of it.")
        return
    if not (there.is_dir() and os.access(there, os.W_OK)):
        yield Finding("problem", f"{folder} (DATA_DIR) can't be written to, so mails can't be kept.")
    if shutil.disk_usage(there).free < MIN_FREE_BYTES:
        yield Finding("problem", f"The disk of {folder} has less than 500 MB left.")


def _backups(settings: Settings) -> Findings:
    """Only where somebody makes them here: they may be made elsewhere, or by the provider."""
    try:
        age = age_of_newest(settings.data_dir)
    except OSError:
        return  # said above
    if age is None:
        return
    hours = round(age.total_seconds() / 3600)
    ago = f"{hours} hours" if hours < HOURS_UNTIL_DAYS else f"{hours // 24} days"
    level: Level = "ok" if age <= BACKUP_AGE else "note"
    cure = "" if level == "ok" else ": look whether what makes them still runs"
    yield Finding(level, f"The newest backup in DATA_DIR is {ago} old{cure}.")


def _mail(settings: Settings) -> Findings:
    if settings.smtp_url is None:
        level: Level = "problem" if settings.in_production else "note"
        yield Finding(level, "Mails are only kept as files in DATA_DIR, nobody gets them: set SMTP_URL.")
        return
    if settings.mail_from.domain == "localhost":
        yield Finding("problem", "MAIL_FROM is an address at localhost: mail servers refuse it or call it spam.")
    if fault := find_fault(settings.smtp_url, settings):
        yield Finding("problem", f"{fault}. Look at SMTP_URL; what is to be sent is tried again for a day.")
    else:
        signed_in = " and signs us in" if settings.smtp_url.user else ""
        yield Finding("ok", f"The mail server at {settings.smtp_url.host} answers{signed_in}.")


def _web(settings: Settings) -> Findings:
    address = f"{settings.base_url}/api/config"
    try:
        with urllib.request.urlopen(address, timeout=WEB_TIMEOUT_SECONDS):  # noqa: S310 - http(s), says the setting
            yield Finding("ok", f"The application answers at {settings.base_url}.")
    except (OSError, urllib.error.URLError) as error:
        yield Finding(
            "problem",
            f"Nobody answers at {settings.base_url} as people would reach it ({error}): look whether the web process "
            "runs, and at PUBLIC_URL and PORT.",
        )
