"""The floor: a bare WSGI program that answers the benchmark's routes with the same bytes as the application.

One hand-written statement for each route, psycopg's pool, orjson, and the token checked by the same library with the
same key. Nothing else: no revocation, no validation, no log, no metrics, no headers. So much the stack costs at least.
"""

from __future__ import annotations

import base64
import hashlib
import os
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any
from urllib.parse import parse_qs

import bcrypt
import jwt
import orjson
import psycopg
from cryptography.fernet import Fernet
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

from asyncops.connecting import SESSION_OPTIONS

Values = dict[str, Any]
CAP = 10_000
FOUND = 1_000
LIMIT = 20
PERSON = ("id", "email", "full_name", "role", "is_active")
ACCOUNT = (*PERSON, "timezone", "created_at", "updated_at")
OPTIONS = " ".join(f"-c {name}={SESSION_OPTIONS[name]}" for name in ("TimeZone", "jit", "random_page_cost"))
"""What decides how PostgreSQL plans is the same for both."""


@dataclass(frozen=True)
class Records:
    """A list: the columns of a record, the people joined to it, its order, and what else it tells."""

    table: str
    columns: tuple[str, ...]
    people: dict[str, tuple[str, str]]  # the wire's name: the join, and the column it goes by
    order: tuple[str, ...]
    where: str = "true"
    more: tuple[str, ...] = ()
    wire: tuple[str, ...] = ()

    def select(self) -> str:
        """Columns and joins, no condition."""
        columns = [f"r.{name}" for name in self.columns]
        columns += [f"p_{name}.{column}" for name in self.people for column in PERSON]
        columns += self.more
        joins = [f"{join} users p_{name} ON p_{name}.id = r.{key}" for name, (join, key) in self.people.items()]
        return (
            f"SELECT {', '.join(columns)}, {', '.join(f'r.{name}' for name in self.order)}{{}} FROM {self.table} r "
            + (" ".join(joins))
        )

    def first(self) -> str:
        """The first page with its total."""
        total = f"(SELECT count(*) FROM (SELECT 1 FROM {self.table} r WHERE {self.where} LIMIT {CAP + 1}) c)"
        return f"{self.select().format(', ' + total)} WHERE {self.where} {self._ordered()}"

    def after(self) -> str:
        """The page after a cursor."""
        order, values = ", ".join(f"r.{name}" for name in self.order), ", ".join(["%s"] * len(self.order))
        return (
            f"{self.select().format('')} WHERE {self.where} AND ({order}) <= ({values}) AND ({order}) <> ({values}) "
            f"{self._ordered()}"
        )

    def one(self) -> str:
        """One record."""
        return f"{self.select().format('')} WHERE r.id = %s"

    def _ordered(self) -> str:
        return f"ORDER BY {', '.join(f'r.{name} DESC' for name in self.order)} LIMIT {LIMIT + 1}"

    def shape(self, row: tuple[Any, ...]) -> Values:
        """A row as the wire has it."""
        position = len(self.columns)
        shaped = dict(zip(self.columns, row[:position], strict=True))
        for name in self.people:
            person = row[position : position + len(PERSON)]
            shaped[name] = None if person[0] is None else dict(zip(PERSON, person, strict=True))
            position += len(PERSON)
        if self.wire:
            shaped["participants"] = row[position]
            shaped["participant_ids"] = [one["user_id"] for one in row[position]]
            return {name: shaped[name] for name in self.wire}
        return shaped

    def key(self, row: tuple[Any, ...], *, total: bool) -> tuple[Any, ...]:
        """The order's columns of a row."""
        return row[-len(self.order) - total : -1 if total else None]


_PARTICIPANTS = """(SELECT coalesce(json_agg(json_build_object('id', p.id, 'user_id', p.user_id, 'created_at',
    to_char(p.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), 'user', json_build_object('id', u.id,
    'email', u.email, 'full_name', u.full_name, 'role', u.role, 'is_active', u.is_active)) ORDER BY p.id), '[]')
    FROM decision_participants p JOIN users u ON u.id = p.user_id WHERE p.decision_id = r.id)"""
_DECISION = ("id", "title", "description", "context", "outcome", "decision_date", "tags", "created_by_id")

LISTS = {
    "/api/status": Records(
        "status_updates",
        ("id", "user_id", "title", "content", "tags", "created_at", "updated_at"),
        {"user": ("JOIN", "user_id")},
        ("created_at", "id"),
    ),
    "/api/incidents": Records(
        "incidents",
        (
            *("id", "title", "description", "severity", "status", "resolution_notes", "archived", "reported_by_id"),
            *("assigned_to_id", "created_at", "updated_at", "resolved_at"),
        ),
        {"reported_by": ("JOIN", "reported_by_id"), "assigned_to": ("LEFT JOIN", "assigned_to_id")},
        ("is_unresolved", "severity_rank", "created_at", "id"),
        "NOT r.archived",
    ),
    "/api/blockers": Records(
        "blockers",
        (
            *("id", "description", "impact", "status", "resolution_notes", "archived", "reported_by_id"),
            *("related_status_id", "related_incident_id", "created_at", "updated_at", "resolved_at"),
        ),
        {"reported_by": ("JOIN", "reported_by_id")},
        ("is_active", "created_at", "id"),
        "NOT r.archived",
    ),
    "/api/decisions": Records(
        "decisions",
        (*_DECISION, "created_at", "updated_at"),
        {"created_by": ("JOIN", "created_by_id")},
        ("decision_date", "id"),
        "r.deleted_at IS NULL",
        (_PARTICIPANTS,),
        (*_DECISION, "created_at", "updated_at", "created_by", "participant_ids", "participants"),
    ),
}


class Floor:
    """The WSGI program."""

    def __init__(self, database_url: str, key: str, encryption_key: str, threads: int) -> None:
        """Connects at once: a worker makes its own after the fork."""
        self._key = key
        self._fernet = Fernet(encryption_key)
        self._pool = ConnectionPool(
            database_url.replace("+psycopg", ""),
            min_size=threads,
            max_size=threads,
            kwargs={"autocommit": True, "prepare_threshold": 0, "options": OPTIONS},
            configure=_configure,
            open=True,
        )
        self._routes: dict[str, Callable[[Values], bytes]] = {
            "/api/users/me": self._me,
            "/api/search": self._search,
            "/api/summaries/today": self._today,
        }
        self._first = {path: records.first() for path, records in LISTS.items()}
        self._after = {path: records.after() for path, records in LISTS.items()}
        self._one = {path: records.one() for path, records in LISTS.items()}

    def __call__(self, environ: Values, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer."""
        path: str = environ["PATH_INFO"]
        status = "200 OK"
        if path == "/api/auth/login":
            body = self._sign_in(orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))))
        elif path == "/healthz":
            body = b"{}"
        else:
            token = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
            environ["user_id"] = int(jwt.decode(token, self._key, algorithms=["HS256"])["sub"])
            if environ["REQUEST_METHOD"] == "POST":
                status, body = "201 Created", self._create(environ)
            elif path in LISTS:
                body = self._list(path, environ["QUERY_STRING"])
            elif route := self._routes.get(path):
                body = route(environ)
            else:
                place, _, record_id = path.rpartition("/")
                body = _dumps(LISTS[place].shape(self._query(self._one[place], (int(record_id),))[0]))
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body]

    def close(self) -> None:
        """Let the connections go."""
        self._pool.close()

    def _query(self, statement: str, values: Any = None, *, prepare: bool | None = None) -> list[tuple[Any, ...]]:
        with self._pool.connection() as connection:
            return connection.execute(statement, values, binary=True, prepare=prepare).fetchall()

    def _list(self, path: str, query: str) -> bytes:
        records = LISTS[path]
        cursor = parse_qs(query).get("cursor")
        if cursor:
            values = _read_cursor(cursor[0])
            rows = self._query(self._after[path], values + values)
        else:
            rows = self._query(self._first[path])
        more = len(rows) > LIMIT
        items = [records.shape(row) for row in rows[:LIMIT]]
        next_cursor = _cursor(records.key(rows[LIMIT - 1], total=not cursor)) if more else None
        body: Values = {"items": items, "limit": LIMIT, "next_cursor": next_cursor}
        if not cursor:
            total = min(rows[0][-1], CAP)
            body |= {"page": 1, "pages": -(-total // LIMIT), "total": total, "total_is_capped": rows[0][-1] > CAP}
        return _dumps(body)

    def _me(self, environ: Values) -> bytes:
        statement = f"SELECT {', '.join(ACCOUNT)} FROM users WHERE id = %s"
        (row,) = self._query(statement, (environ["user_id"],))
        return _dumps(dict(zip(ACCOUNT, row, strict=True)))

    def _sign_in(self, given: Values) -> bytes:
        statement = f"SELECT password_hash, token_generation, {', '.join(ACCOUNT)} FROM users WHERE lower(email) = %s"
        ((password_hash, generation, *account),) = self._query(statement, (given["email"].lower(),))
        if not bcrypt.checkpw(given["password"].encode(), password_hash.encode()):
            raise PermissionError
        token = make_token(account[0], generation, self._key)
        user = dict(zip(ACCOUNT, account, strict=True))
        return _dumps({"access_token": token, "token_type": "bearer", "expires_in": 86400, "user": user})

    def _create(self, environ: Values) -> bytes:
        """The same rows as the application's: the update, the ledger's, and the answer kept for the key."""
        raw = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        given = orjson.loads(raw)
        now = datetime.now(UTC)
        values = (environ["user_id"], given["title"], given["content"], given["tags"], now, now, uuid.uuid4().hex)
        with self._pool.connection() as connection, connection.transaction():
            (row,) = connection.execute(_CREATE, values, binary=True).fetchall()
            body = _dumps(LISTS["/api/status"].shape(row))
            hashed = hashlib.sha256(raw).digest()
            kept = (row[1], environ["HTTP_IDEMPOTENCY_KEY"], hashed, self._fernet.encrypt(body), now)
            connection.execute(_KEEP, kept)
        return body

    def _search(self, environ: Values) -> bytes:
        (text,) = parse_qs(environ["QUERY_STRING"])["q"]
        groups: Values = {f"{name}s": {"total": 0, "total_is_capped": False, "items": []} for name in SEARCHED}
        for name, record_id, title, created_at, archived, headline, total, _, _ in self._query(
            _SEARCH, {"q": f"{text}:*"}, prepare=False
        ):
            group = groups[f"{name}s"]
            group["total"], group["total_is_capped"] = min(total, FOUND), total > FOUND
            group["items"].append(
                {
                    "id": record_id,
                    "title": title,
                    "highlights": _passages(headline),
                    "archived": archived,
                    "created_at": created_at,
                    "url": f"{SEARCHED[name].page}/{record_id}",
                }
            )
        return _dumps({"q": text, "page": 1, "limit": LIMIT, "groups": groups})

    def _today(self, _environ: Values) -> bytes:
        figures, median, *lists, silent = self._query(_TODAY, {"now": datetime.now(UTC)})[0]
        content = {name: [_line(line) for line in lines] for name, lines in zip(_TODAY_LISTS, lists, strict=True)}
        content["no_update_from"] = [{"id": one["id"], "full_name": one["full_name"]} for one in silent]
        today, *before = figures
        statistics = {name: today[name] for name in FIGURES[:4]}
        statistics["median_hours_to_resolve"] = None if median is None else round(median, 2)
        statistics |= {name: today[name] for name in FIGURES[4:]}
        statistics["trends"] = {
            name: {
                "day_before": before[0][name],
                "seven_day_mean": round(sum(day[name] for day in before) / len(before), 2),
            }
            for name in FIGURES
        }
        left_out = {name: today[_TODAY_LISTS[name]] - len(content[name]) for name in _LEFT_OUT}
        left_out["no_update_from"] = (silent[0]["total"] if silent else 0) - len(silent)
        return _dumps({**content, "statistics": statistics, "left_out": left_out})


@dataclass(frozen=True)
class Searched:
    """What the search reads of a table."""

    table: str
    title: str
    document: str
    archived: str
    where: str
    page: str


SEARCHED = {
    "status_update": Searched(
        "status_updates", "r.title", "concat_ws(E'\\n', r.title, r.content, words(r.tags))", "false", "true", "/updates"
    ),
    "incident": Searched(
        *("incidents", "r.title", "concat_ws(E'\\n', r.title, r.description, r.resolution_notes)", "r.archived"),
        *("true", "/incidents"),
    ),
    "blocker": Searched(
        *("blockers", "left(split_part(r.description, E'\\n', 1), 200)"),
        *("concat_ws(E'\\n', r.description, r.impact, r.resolution_notes)", "r.archived", "true", "/blockers"),
    ),
    "decision": Searched(
        *("decisions", "r.title"),
        *("concat_ws(E'\\n', r.title, r.outcome, r.description, r.context, words(r.tags))", "false"),
        *("r.deleted_at IS NULL", "/decisions"),
    ),
}
_MARK, _UNMARK, _GAP = "\ue000", "\ue001", "\ue002"
_HEADLINE = (
    f"StartSel={_MARK}, StopSel={_UNMARK}, FragmentDelimiter={_GAP}, "
    "MaxFragments=2, MinWords=12, MaxWords=30, ShortWord=0"
)


def _searched(name: str, place: int) -> str:
    """The best twenty of the newest thousand matches of a type, and how many there are up to there."""
    it = SEARCHED[name]
    headline = f"ts_headline('{{}}', {it.document}, {_QUERY}, '{_HEADLINE}')"
    english, simple = headline.format("english"), headline.format("simple")
    return f"""(WITH newest AS MATERIALIZED (
        SELECT r.id, r.created_at, r.search FROM {it.table} r WHERE r.search @@ {_QUERY} AND {it.where}
        ORDER BY r.created_at DESC, r.id DESC LIMIT {FOUND + 1}
    ), best AS (
        SELECT r.id, row_number() OVER (
            ORDER BY ts_rank(r.search, {_QUERY}, 1) DESC, r.created_at DESC, r.id DESC) AS place
        FROM newest r ORDER BY place LIMIT {LIMIT}
    ) SELECT '{name}', r.id, {it.title}, r.created_at, {it.archived},
        CASE WHEN strpos({english}, '{_MARK}') > 0 THEN {english} ELSE {simple} END,
        (SELECT count(*) FROM newest), {place}, best.place
    FROM best JOIN {it.table} r ON r.id = best.id)"""


# A constant to the planner, when the statement is planned for its values. What is sought here are stems.
_QUERY = "to_tsquery('english', %(q)s)"
_SEARCH = " UNION ALL ".join(_searched(name, place) for place, name in enumerate(SEARCHED)) + " ORDER BY 8, 9"


def _passages(headline: str) -> list[str]:
    return [
        escape(" ".join(part.split())).replace(_MARK, "<mark>").replace(_UNMARK, "</mark>")
        for part in headline.split(_GAP)
        if _MARK in part
    ]


_CREATE = f"""WITH made AS (
    INSERT INTO status_updates (user_id, title, content, tags, created_at, updated_at)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING *
), written AS (
    INSERT INTO activity (occurred_at, action, actor_id, subject_type, subject_id, subject_title, changes, request_id)
    SELECT created_at, 'status_update.created', user_id, 'status_update', id, title, '[]', %s FROM made
)
{LISTS["/api/status"].select().format("").replace("FROM status_updates r", "FROM made r")}"""
_KEEP = """INSERT INTO idempotency_keys (user_id, route, key, request_hash, status, etag, answer, created_at)
VALUES (%s, 'status_updates.StatusUpdates', %s, %s, 201, '"v1"', %s, %s)"""


FIGURES = (
    *("active_incidents", "critical_incidents", "incidents_opened", "incidents_resolved"),
    *("active_blockers", "total_status_updates", "decisions_last_7_days"),
)
_TODAY_LISTS = {
    "incidents": "active_incidents",
    "incidents_opened": "incidents_opened",
    "incidents_resolved": "incidents_resolved",
    "blockers": "active_blockers",
    "status_updates": "total_status_updates",
    "recent_decisions": "decisions_last_7_days",
}
"""Each list, and the figure that says how long it is when it is whole."""
_LEFT_OUT = ("incidents", "incidents_opened", "incidents_resolved", "blockers", "status_updates", "recent_decisions")
_ACTIVE = "r.created_at < w.till AND (r.resolved_at IS NULL OR r.resolved_at >= w.till) AND NOT r.archived"
_MADE, _ENDED = (f"r.{column} >= w.since AND r.{column} < w.till" for column in ("created_at", "resolved_at"))
_LATELY = "r.created_at >= w.till - '7 days'::interval AND r.created_at < w.till AND r.deleted_at IS NULL"
_WIRE = "to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"


def _listed(columns: str, source: str, where: str, order: str) -> str:
    return f"""(SELECT coalesce(json_agg(l), '[]') FROM (
        SELECT {columns} FROM w, {source} WHERE w.n = 0 AND {where} ORDER BY {order} LIMIT 200) l)"""


def _incident_lines(where: str) -> str:
    return _listed(
        f"""r.id, r.title, r.severity, r.status,
        CASE WHEN u.id IS NOT NULL THEN json_build_object('id', u.id, 'full_name', u.full_name) END AS assigned_to,
        {_WIRE.format("r.created_at")} AS created_at,
        extract(epoch FROM r.resolved_at - r.created_at) / 3600 AS hours_to_resolve""",
        "incidents r LEFT JOIN users u ON u.id = r.assigned_to_id",
        where,
        "r.severity_rank DESC, r.created_at, r.id",
    )


_TODAY = f"""WITH w AS (
    SELECT n, %(now)s - n * '24 hours'::interval AS till, %(now)s - (n + 1) * '24 hours'::interval AS since
    FROM generate_series(0, 7) n
), figures AS (
    SELECT n, (SELECT count(*) FROM incidents r WHERE {_ACTIVE}) AS active_incidents,
        (SELECT count(*) FROM incidents r WHERE {_ACTIVE} AND r.severity = 'critical') AS critical_incidents,
        (SELECT count(*) FROM incidents r WHERE {_MADE}) AS incidents_opened,
        (SELECT count(*) FROM incidents r WHERE {_ENDED}) AS incidents_resolved,
        (SELECT count(*) FROM blockers r WHERE {_ACTIVE}) AS active_blockers,
        (SELECT count(*) FROM status_updates r WHERE {_MADE}) AS total_status_updates,
        (SELECT count(*) FROM decisions r WHERE {_LATELY}) AS decisions_last_7_days
    FROM w
) SELECT (SELECT json_agg(f ORDER BY n) FROM figures f),
    (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.resolved_at - r.created_at) / 3600)
        FROM incidents r, w WHERE n = 0 AND {_ENDED}),
    {_incident_lines(_ACTIVE)}, {_incident_lines(_MADE)}, {_incident_lines(_ENDED)},
    {
    _listed(
        f'''r.id, r.description, r.status, json_build_object('id', u.id, 'full_name', u.full_name) AS reported_by,
        {_WIRE.format("r.created_at")} AS created_at, extract(epoch FROM w.till - r.created_at) / 3600 AS age_hours''',
        "blockers r JOIN users u ON u.id = r.reported_by_id",
        _ACTIVE,
        "r.created_at, r.id",
    )
},
    {
    _listed(
        f'''r.id, r.title, json_build_object('id', u.id, 'full_name', u.full_name) AS author,
        {_WIRE.format("r.created_at")} AS created_at''',
        "status_updates r JOIN users u ON u.id = r.user_id",
        f"r.id IN (SELECT r.id FROM status_updates r WHERE {_MADE} ORDER BY r.created_at DESC, r.id DESC LIMIT 200)",
        "lower(u.full_name), u.id, r.created_at, r.id",
    )
},
    {_listed("r.id, r.title, r.decision_date", "decisions r", _LATELY, "r.decision_date DESC, r.id DESC")},
    {
    _listed(
        "u.id, u.full_name, count(*) OVER () AS total",
        "users u",
        "u.is_active AND u.created_at < w.till AND NOT EXISTS ("
        f"SELECT FROM status_updates r WHERE r.user_id = u.id AND {_MADE})",
        "lower(u.full_name), u.id",
    )
}"""


def _line(line: Values) -> Values:
    for name in ("hours_to_resolve", "age_hours"):
        if line.get(name) is not None:
            line[name] = round(float(line[name]), 2)
    return line


def _configure(connection: psycopg.Connection) -> None:
    set_json_loads(orjson.loads, connection)


def _dumps(body: Any) -> bytes:
    return orjson.dumps(body, option=orjson.OPT_UTC_Z)


def _cursor(values: tuple[Any, ...]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _read_cursor(cursor: str) -> list[Any]:
    return orjson.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_"))


def make_token(user_id: int, generation: int, key: str) -> str:
    """An access token as the application makes it."""
    now = datetime.now(UTC)
    claims = {
        "fresh": False,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "type": "access",
        "sub": str(user_id),
        "nbf": now,
        "csrf": str(uuid.uuid4()),
        "exp": now + timedelta(hours=24),
        "gen": generation,
    }
    return jwt.encode(claims, key, "HS256")


def from_environment() -> Floor:
    """The program with the application's own settings."""
    return Floor(
        os.environ["DATABASE_URL"],
        os.environ["JWT_SECRET_KEY"],
        os.environ["ENCRYPTION_KEY"],
        int(os.environ["WEB_THREADS"]),
    )
