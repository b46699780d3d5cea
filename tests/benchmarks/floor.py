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

Values = dict[str, Any]
CAP = 10_000
LIMIT = 20
PERSON = ("id", "email", "full_name", "role", "is_active")
ACCOUNT = (*PERSON, "timezone", "created_at", "updated_at")


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
            kwargs={"autocommit": True, "prepare_threshold": 0, "options": "-c TimeZone=UTC"},
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

    def _query(self, statement: str, values: Any = None) -> list[tuple[Any, ...]]:
        with self._pool.connection() as connection:
            return connection.execute(statement, values, binary=True).fetchall()

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
        for name, record_id, title, created_at, archived, headline, total in self._query(_SEARCH, {"q": f"{text}:*"}):
            group = groups[f"{name}s"]
            group["total"], group["total_is_capped"] = min(total, CAP), total > CAP
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
        raise NotImplementedError


@dataclass(frozen=True)
class Searched:
    """What the search reads of a table."""

    table: str
    title: str
    document: str
    archived: str
    where: str
    page: str


SEARCHED: dict[str, Searched] = {}
_SEARCH = ""
_MARK, _UNMARK, _GAP = "\ue000", "\ue001", "\ue002"


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
