"""Writes set what they may and nothing else; a nested record is found under its own parent alone.

Both go over every route of the permission table, which an architecture test keeps complete.
"""

import re
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Boolean, DateTime, Integer, LargeBinary, String, Uuid, select

from asyncops.database import Model
from asyncops.extensions import db
from tests.architecture.test_permissions import TABLE

WRITES = [row for row in TABLE if row.method in {"POST", "PATCH", "PUT"}]
NESTED = [row for row in TABLE if row.route.count("<id:") > 1]
NOBODYS_ID = 2_000_000_042
LONG_AGO = "2001-02-03T04:05:06.000000Z"
WORD = "mass-assigned"
# Nothing that a server decides has another of these values by itself.
CHOICES = {"role": "admin", "status": "resolved", "severity": "critical", "registration": "closed"}


def ids(row):
    return f"{row.method} {row.route}"


@pytest.fixture
def schemas(client):
    return client.get("/api/openapi.json").json


def properties(document, schema):
    if "$ref" in schema:
        return properties(document, document["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema.get("properties", {})


def declared(document, row):
    """What the route's documented body may have, in any of its forms."""
    path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", row.route)
    forms = document["paths"][path][row.method.lower()].get("requestBody", {}).get("content", {})
    return {name for form in forms.values() for name in properties(document, form["schema"])}


@pytest.fixture
def everything(schemas):
    """A value for every column of the database and every field of the API."""
    found = {}
    for schema in schemas["components"]["schemas"].values():
        for name, field in properties(schemas, schema).items():
            kinds = field.get("type", "string")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            found[name] = {"integer": NOBODYS_ID, "boolean": True, "array": [WORD], "object": {WORD: WORD}}.get(
                kinds[0], WORD
            )
    for table in Model.metadata.tables.values():
        for column in table.columns:
            if isinstance(column.type, Integer):
                found[column.name] = NOBODYS_ID
            elif isinstance(column.type, DateTime):
                found[column.name] = LONG_AGO
            elif isinstance(column.type, Boolean):
                default = column.default.arg if column.default is not None else False
                found[column.name] = not default
            elif isinstance(column.type, Uuid):
                found[column.name] = "00000000-0000-4000-8000-000000000042"
            else:
                found.setdefault(column.name, WORD)
    return found | CHOICES


@pytest.fixture
def rows(app):
    """All rows of the database, and of each what a server decides: flags, and words from closed lists."""

    def rows():
        texts, decided = [], Counter()
        with app.app_context(), db.engine.connect() as connection:
            for table in Model.metadata.tables.values():
                for row in connection.execute(select(table)).mappings():
                    texts.append(" ".join(f"{name}={value}" for name, value in row.items()))
                    flags = {
                        column.name: row[column.name]
                        for column in table.columns
                        if isinstance(column.type, Boolean) or column.name in CHOICES
                    }
                    if flags:
                        decided[table.name, *sorted(flags.items())] += 1
        return "\n".join(texts), decided

    return rows


@pytest.mark.parametrize("row", WRITES, ids=ids)
def test_a_field_that_is_not_the_callers_to_set_is_not_set(row, schemas, everything, rows, client, sign_in, request):
    people = {name: request.getfixturevalue(name) for name in ("admin", "member")}
    known = declared(schemas, row)
    extra = {name: value for name, value in everything.items() if name not in known and name not in (row.body or {})}
    assert {"id", "version", "created_at", "role", "is_active", "user_id"} - known <= extra.keys()
    if row.body and "email" in row.body and row.route != "/api/auth/login":
        row = replace(row, body=row.body | {"email": "{caller}@new.example.org"})
    body = row.body

    def send(name, more):
        nonlocal row
        row = replace(row, body=(body or {}) | more)
        if not clients or row.route == "/api/auth/logout":
            clients[:] = sign_in(people["member"]), sign_in(people["admin"])
        owner, admin = clients
        caller = client if row.nobody < 300 else owner if row.owner < 300 else admin
        before = rows()[1]
        asked = row.request(name, row.record(owner, admin) if row.record else None)
        if row.route == "/api/users/me/change-password":
            asked["json"]["current_password"] = passwords.pop(0)
            asked["json"]["new_password"] = passwords[0]
        answer = caller.open(**asked)
        assert answer.status_code < 300, answer.text
        return rows()[1] - before, answer

    clients = []
    passwords = ["correct-horse-1", "battery-staple-2", "battery-staple-3"]
    usual, _ = send("first", {})
    hostile, answer = send("second", extra)
    texts, _ = rows()

    assert hostile.keys() <= usual.keys()  # no row with other flags than a plain request makes
    for mark in (WORD, str(NOBODYS_ID), "2001-02-03", "000000000042"):
        assert mark not in texts, mark
        assert mark not in answer.text, mark


def test_the_marks_would_be_found(rows, everything, sql, member):
    """The net has no hole: each kind of value that is sent shows up when it is written."""
    sql(
        "UPDATE users SET full_name = :word, role = 'admin', is_active = false, version = :id", word=WORD, id=NOBODYS_ID
    )
    sql("UPDATE users SET last_seen_at = :at", at=datetime.fromisoformat(LONG_AGO))
    texts, decided = rows()

    assert WORD in texts
    assert str(NOBODYS_ID) in texts
    assert "2001-02-03" in texts
    assert decided["users", ("is_active", False), ("role", "admin")] == 1
    kinds = {type(column.type) for table in Model.metadata.tables.values() for column in table.columns}
    assert {Boolean, DateTime, Integer, String, Uuid, LargeBinary} & kinds
    assert everything["is_active"] is False
    assert everything["archived"] is True


@pytest.mark.parametrize("row", NESTED, ids=ids)
def test_a_child_under_another_parent_is_not_found(row, sign_in, admin, member):
    owner, boss = sign_in(member), sign_in(admin)
    one, two = row.record(owner, boss), row.record(owner, boss)
    assert len(one) == row.route.count("<id:")

    for crossed in ((one[0], *two[1:]), (two[0], *one[1:])):
        answer = boss.open(**row.request("admin", crossed))
        assert (answer.status_code, answer.json["code"]) == (404, "delivery_not_found")
    assert boss.open(**row.request("admin", one)).status_code < 300


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/webhooks", {"url": "https://hooks.example.org/", "events": ["*"]}),
        ("/api/users/invitations", {"email": "new@example.org", "role": "admin"}),
    ],
)
def test_whoever_is_administrator_no_more_gets_no_secret_by_asking_again(sign_in, make_user, admin, path, body):
    fallen = make_user(role="admin")
    client, again = sign_in(fallen), {"Idempotency-Key": "once"}
    first = client.post(path, json=body, headers=again)
    assert client.post(path, json=body, headers=again).json == first.json

    sign_in(admin).patch(f"/api/users/{fallen.id}", json={"role": "member"})
    refused = client.post(path, json=body, headers=again)

    assert (first.status_code, refused.status_code) == (201, 403)
    assert "secret" not in refused.json
    assert "link" not in refused.json


def test_whoever_became_administrator_still_creates_nothing_twice(sign_in, member, admin):
    client, again = sign_in(member), {"Idempotency-Key": "once"}
    first = client.post("/api/status", json={"title": "t", "content": "c"}, headers=again)

    sign_in(admin).patch(f"/api/users/{member.id}", json={"role": "admin"})

    assert client.post("/api/status", json={"title": "t", "content": "c"}, headers=again).json["id"] == first.json["id"]
