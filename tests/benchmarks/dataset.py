"""The data that the benchmark measures on: made by SQL, the same each time but for the day it ends on.

Status updates get older as they get more: however many there are, the newest pages stay as they were. So one page can
be measured at several sizes.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import bcrypt
import psycopg

PEOPLE = 50
RECORDS = 20_000
"""Incidents, blockers and decisions each."""
SMALL, LARGE = 100_000, 1_000_000
A_DAY = 250
"""Status updates, about: five of each person."""
BUSY_DAY = 500
"""So many days ago 10,000 things happened."""
PASSWORD = "correct-horse-1"

_SENTENCES = [
    "The retry queue drains again after the connection limit was raised.",
    "Checkout latency went from 900 to 240 milliseconds at the median.",
    "Two customers in Madrid reported a wrong total on their invoices.",
    "I am waiting for the review of the migration before I deploy.",
    "The nightly export failed because the disk of the build host is full.",
    "We agreed with support to answer the open tickets until Friday.",
    "Staging shows the same error, so it is not the load balancer.",
    "Next I will move the search index to the new cluster.",
    "The certificate renews by itself now; the alert can go.",
    "Design wants the empty state of the dashboard to say what to do first.",
    "After the rollback the error rate is back below a tenth of a percent.",
    "The mobile release waits for the store's approval.",
    "Onboarding of the new colleague took the morning; the guide was missing a step.",
    "I wrote the missing tests for the permission checks and found one gap.",
    "The vendor confirmed the outage and promised a report by tomorrow.",
    "Database backups are restored and compared every night from today on.",
]
RARE = "penguin"
"""A word of one text in ten thousand; those above are in one of sixteen sentences, so in every third text or so."""
_VERBS = ["Finished", "Investigated", "Reviewed", "Deployed", "Planned", "Measured", "Documented", "Refactored"]
_THINGS = [
    "the payment service",
    "the login page",
    "invoice exports",
    "the search index",
    "the onboarding guide",
    "webhook deliveries",
    "the mobile release",
    "backup restores",
    "the rate limits",
    "the staging cluster",
    "customer imports",
    "the audit log",
]
_PLACES = ["for the Madrid team", "on staging", "in production", "after the review", "for the beta", "with support"]
_TAGS = ["backend", "frontend", "release", "support", "planning", "database", "security", "design", "mobile", "ops"]
_NAMES = ["Ada", "Ben", "Chiara", "Deniz", "Elif", "Farid", "Greta", "Hugo", "Inés", "Jonas"]
_SURNAMES = ["Álvarez", "Brandt", "Costa", "Dubois", "Eriksen"]

# A word of a list for a number; the salt makes several from one number. hashint8 is part of PostgreSQL and stays.
_FUNCTIONS = """
CREATE OR REPLACE FUNCTION pg_temp.pick(words text[], i bigint, salt int) RETURNS text LANGUAGE sql IMMUTABLE
RETURN words[1 + abs(hashint8(i * 64 + salt)::bigint) %% cardinality(words)];
CREATE OR REPLACE FUNCTION pg_temp.person(i bigint, salt int) RETURNS int LANGUAGE sql IMMUTABLE
RETURN 1 + abs(hashint8(i * 64 + salt)::bigint) %% %(people)s
"""


class Dataset:
    """Fills an empty, migrated database."""

    def __init__(self, connection: psycopg.Connection, now: datetime) -> None:
        """`now` is when the newest records are made, to the minute."""
        self._connection = connection
        self._now = now.replace(second=0, microsecond=7)  # orjson writes no zero microseconds
        self._updates = 0

    def people(self, *, bcrypt_rounds: int) -> None:
        """The accounts 1 to 50; the first is an administrator."""
        password_hash = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(bcrypt_rounds)).decode()
        self._run(
            """INSERT INTO users (id, email, password_hash, full_name, role, created_at, updated_at)
            SELECT i, 'person-' || i || '@example.org', %(hash)s, (%(names)s::text[])[1 + i %% 10] || ' '
                || (%(surnames)s::text[])[1 + i / 10], CASE WHEN i = 1 THEN 'admin' ELSE 'member' END, at, at
            FROM generate_series(1, %(people)s) i, LATERAL (SELECT %(now)s - '600 days'::interval
                + i * '1.000001 s'::interval AS at) t ORDER BY i""",
            hash=password_hash,
            names=_NAMES,
            surnames=[*_SURNAMES, "Fuchs"],
        )

    def updates(self, total: int) -> None:
        """Status updates until there are `total`, each new one older than all before."""
        if total > self._updates:
            self._insert_updates(self._updates, total - 1, "%(now)s - i * '345.6001 s'::interval")
            self._updates = total

    def records(self, number: int = RECORDS) -> None:
        """So many incidents, blockers, decisions (each with three people), and ledger rows of their making."""
        spread = f"%(now)s - i * ('400 days'::interval / {number}) - '0.000001 s'::interval * (100 + i %% 800)"
        self._insert_records(1, number, spread)
        self._run(
            """INSERT INTO activity (occurred_at, action, actor_id, subject_type, subject_id, subject_title)
            SELECT created_at, 'incident.created', reported_by_id, 'incident', id, title FROM incidents
            UNION ALL SELECT created_at, 'decision.created', created_by_id, 'decision', id, title FROM decisions
            ORDER BY 1"""
        )

    def busy_day(self, events: int = 10_000) -> date:
        """Let so many things happen on one day long ago, seven tenths of them status updates."""
        day = (self._now - timedelta(days=BUSY_DAY)).date()
        start = datetime(day.year, day.month, day.day, microsecond=7, tzinfo=self._now.tzinfo) - timedelta(hours=12)
        first = 100_000_000  # numbers that no other record has: other texts
        updates, each = events * 7 // 10, events // 10
        spread = f"'{start.isoformat()}'::timestamptz + (i - {first}) * ('20 hours'::interval / {{}})"
        self._insert_updates(first, first + updates - 1, spread.format(updates))
        self._insert_records(first, first + each - 1, spread.format(each))
        return day

    def settle(self) -> None:
        """Let PostgreSQL know what is there, as it would after a while."""
        self._connection.execute("VACUUM (ANALYZE)")

    def _insert_updates(self, first: int, last: int, moment: str) -> None:
        self._run(
            f"""INSERT INTO status_updates (user_id, title, content, tags, created_at, updated_at)
            SELECT pg_temp.person(i, 1), {_title()}, {_text(4)} || {_RARELY},
                ARRAY[pg_temp.pick(%(tags)s, i, 20), pg_temp.pick(%(more_tags)s, i, 21)], at, at
            FROM generate_series({first}, {last}) i, LATERAL (SELECT {moment} AS at) t ORDER BY i"""
        )

    def _insert_records(self, first: int, last: int, moment: str) -> None:
        # One in forty is still open, one in ten archived: what a team has that works on its lists.
        source = f"FROM generate_series({first}, {last}) i, LATERAL (SELECT {moment} AS at) t ORDER BY i"
        done = "i %% 40 <> 0"
        ended = f"CASE WHEN {done} THEN least(at + (1 + i %% 50) * '1.000001 h'::interval, %(now)s) END"
        self._run(
            f"""INSERT INTO incidents (title, description, severity, status, resolution_notes, archived, reported_by_id,
                assigned_to_id, created_at, updated_at, resolved_at)
            SELECT {_title()}, {_text(3)} || {_RARELY},
                pg_temp.pick(ARRAY['low','medium','medium','high','critical'], i, 22),
                CASE WHEN {done} THEN 'resolved' ELSE 'open' END, CASE WHEN {done} THEN {_text(1)} END,
                {done} AND i %% 10 = 1, pg_temp.person(i, 2), CASE WHEN i %% 3 <> 0 THEN pg_temp.person(i, 3) END,
                at, at, {ended} {source}"""
        )
        self._run(
            f"""INSERT INTO blockers (description, impact, status, resolution_notes, archived, reported_by_id,
                created_at, updated_at, resolved_at)
            SELECT {_text(2)}, {_text(1, salt=40)}, CASE WHEN {done} THEN 'resolved' ELSE 'active' END,
                CASE WHEN {done} THEN {_text(1)} END, {done} AND i %% 10 = 1, pg_temp.person(i, 4), at, at,
                {ended} {source}"""
        )
        self._run(
            f"""WITH made AS (
                INSERT INTO decisions (title, description, context, outcome, decision_date, tags, created_by_id,
                    created_at, updated_at)
                SELECT {_title()}, {_text(2)}, {_text(1, salt=40)}, {_text(1, salt=44)}, at::date,
                    ARRAY[pg_temp.pick(%(tags)s, i, 20)], pg_temp.person(i, 5), at, at {source}
                RETURNING id, created_at)
            INSERT INTO decision_participants (decision_id, user_id, created_at)
            SELECT id, 1 + (pg_temp.person(id, 6) + n * 7) %% %(people)s, created_at
            FROM made, generate_series(1, 3) n ORDER BY id, n"""
        )

    def _run(self, statement: str, **more: object) -> None:
        values = {
            "now": self._now,
            "people": PEOPLE,
            "verbs": _VERBS,
            "things": _THINGS,
            "places": _PLACES,
            "sentences": _SENTENCES,
            "tags": _TAGS[:5],
            "more_tags": _TAGS[5:],
            **more,
        }
        # The client puts the values in: a function's body takes no parameters of the server's.
        with psycopg.ClientCursor(self._connection) as cursor:
            cursor.execute(_FUNCTIONS, {"people": PEOPLE})
            cursor.execute(statement, values)


_RARELY = f"CASE WHEN i %% 10000 = 77 THEN ' The {RARE} in the server room hums again.' ELSE '' END"


def _title() -> str:
    return (
        "pg_temp.pick(%(verbs)s, i, 10) || ' ' || pg_temp.pick(%(things)s, i, 11) || ' '"
        " || pg_temp.pick(%(places)s, i, 12)"
    )


def _text(sentences: int, *, salt: int = 30) -> str:
    picked = " || ' ' || ".join(f"pg_temp.pick(%(sentences)s, i, {salt + n})" for n in range(sentences))
    return f"({picked})"
