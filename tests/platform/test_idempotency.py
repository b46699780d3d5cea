"""Idempotency-Key: what is sent twice is created once."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import psycopg
import pytest
import time_machine
from cryptography.fernet import Fernet

from asyncops.extensions import db
from asyncops.http import idempotency
from tests.waiting import eventually

BODY = {"title": "t", "content": "c"}
KEY = {"Idempotency-Key": "6f1c-41"}


@pytest.fixture
def author(sign_in, member):
    return sign_in(member)


@pytest.fixture
def total(author):
    return lambda: author.get("/api/status").json["total"]


@pytest.fixture
def kept(app):
    """The columns of everything that is kept."""

    def kept():
        with app.app_context():
            return db.session.execute(db.text("SELECT * FROM idempotency_keys")).all()

    return kept


def test_the_same_request_gives_the_first_answer_and_creates_nothing(author, total):
    first = author.post("/api/status", json=BODY, headers=KEY)
    second = author.post("/api/status", json=BODY, headers=KEY)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.data == first.data
    assert second.headers["ETag"] == first.headers["ETag"] == '"v1"'
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.content_type == first.content_type
    assert total() == 1


def test_the_first_answer_stays_although_the_record_changed(author):
    first = author.post("/api/status", json=BODY, headers=KEY).json
    author.patch(f"/api/status/{first['id']}", json={"title": "new"})

    assert author.post("/api/status", json=BODY, headers=KEY).json == first


def test_without_a_key_every_request_creates(author, total):
    for _ in range(2):
        assert author.post("/api/status", json=BODY).status_code == 201
    assert total() == 2


def test_another_body_is_refused_and_creates_nothing(author, total):
    author.post("/api/status", json=BODY, headers=KEY)
    answer = author.post("/api/status", json=BODY | {"title": "other"}, headers=KEY)

    assert answer.status_code == 422
    assert answer.json["errors"] == {"Idempotency-Key": ["It was used with another body; take a new key."]}
    assert total() == 1


def test_a_key_is_of_one_person_and_one_route(author, sign_in, other):
    body = BODY | {"description": "d"}
    answers = [
        author.post("/api/status", json=body, headers=KEY),
        author.post("/api/incidents", json=body, headers=KEY),
        sign_in(other).post("/api/status", json=body, headers=KEY),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert not any("Idempotent-Replayed" in answer.headers for answer in answers)


def test_a_refusal_is_not_kept(author, make_user):
    late = {"title": "t", "description": "d", "assigned_to_id": 2_000_000}
    assert author.post("/api/incidents", json=late, headers=KEY).status_code == 404

    answer = author.post("/api/incidents", json={"title": "t", "description": "d"}, headers=KEY)

    assert answer.status_code == 201


def test_after_a_day_the_key_is_free(author, sign_in, member, enqueue, work, kept):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        first = sign_in(member).post("/api/status", json=BODY, headers=KEY).json["id"]
    with time_machine.travel("2026-03-03T08:59:59Z", tick=False):
        assert sign_in(member).post("/api/status", json=BODY, headers=KEY).json["id"] == first
        enqueue("http.forget_answers")
        work()
        assert len(kept()) == 1
    with time_machine.travel("2026-03-03T09:00:00Z", tick=False):
        assert sign_in(member).post("/api/status", json=BODY, headers=KEY).json["id"] != first
    with time_machine.travel("2026-03-04T09:00:00Z", tick=False):
        enqueue("http.forget_answers")
        work()
    assert kept() == []


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "schlüssel", "tab\there"])
def test_a_bad_key_is_named(author, key):
    answer = author.post("/api/status", json=BODY, headers={"Idempotency-Key": key})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["Idempotency-Key"]


def test_an_answer_with_a_secret_is_kept_encrypted(sign_in, admin, kept):
    client = sign_in(admin)
    body = {"email": "new@example.org", "role": "member"}
    first = client.post("/api/users/invitations", json=body, headers=KEY)
    second = client.post("/api/users/invitations", json=body, headers=KEY)

    assert first.status_code == 201
    assert second.json == first.json
    (row,) = kept()
    assert b"token=" in first.data
    assert b"token=" not in bytes(row.answer)
    assert b"new@example.org" not in bytes(row.answer)


def test_an_answer_under_a_lost_key_is_a_conflict_and_creates_nothing(author, make_app, total, environment):
    first = author.post("/api/status", json=BODY, headers=KEY)
    new = Fernet.generate_key().decode()

    def again(**keys):
        client = make_app(**keys).test_client(use_cookies=False)
        client.environ_base |= author.environ_base
        return client.post("/api/status", json=BODY, headers=KEY)

    lost, replaced = again(ENCRYPTION_KEY=new), again(ENCRYPTION_KEY=f"{new},{environment['ENCRYPTION_KEY']}")

    assert (lost.status_code, lost.json["code"]) == (409, "first_unreadable")
    assert (replaced.status_code, replaced.data) == (201, first.data)
    assert total() == 1


def test_twenty_at_once_create_one(make_app, author, total):
    crowd = make_app(WEB_THREADS="20")  # as many connections as requests

    def send(_):
        client = crowd.test_client(use_cookies=False)
        client.environ_base |= author.environ_base
        return client.post("/api/status", json=BODY, headers=KEY)

    with crowd.app_context(), ExitStack() as at_once:  # opened beforehand: a busy machine might take too long for all
        for _ in range(20):
            at_once.enter_context(db.engine.connect())

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(send, range(20)))

    assert [answer.status_code for answer in answers] == [201] * 20
    assert len({answer.data for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in answers) == 1
    assert total() == 1


def test_a_second_that_waits_too_long_is_a_conflict(app, author, member, servers, monkeypatch):
    monkeypatch.setattr(idempotency, "WAIT", "200ms")

    def send():
        client = app.test_client(use_cookies=False)
        client.environ_base |= author.environ_base
        return client.post("/api/status", json=BODY, headers=KEY)

    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as holder, ThreadPoolExecutor(1) as pool:
        holder.execute("SELECT FROM users WHERE id = %s FOR UPDATE", (member.id,))  # the first can't point to it
        first = pool.submit(send)
        locked = "SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
        eventually(lambda: holder.execute(locked).fetchall(), "the first's lock")
        second = send()
        holder.rollback()

    assert (second.status_code, second.json["code"]) == (409, "first_still_runs")
    assert first.result().status_code == 201
    assert send().headers["Idempotent-Replayed"] == "true"


def test_the_time_limit_ends_with_the_wait(app, author, monkeypatch):
    seen = []
    keep = idempotency._keep

    def spy(*args, **kwargs):
        seen.append(db.session.scalar(db.text("SHOW lock_timeout")))
        keep(*args, **kwargs)

    monkeypatch.setattr(idempotency, "_keep", spy)
    author.post("/api/status", json=BODY, headers=KEY)

    assert seen == ["0"]


def test_every_operation_that_creates_takes_a_key(client):
    creating, taking = set(), set()
    for path, item in client.get("/api/openapi.json").json["paths"].items():
        for method, operation in item.items():
            if method != "parameters" and "201" in operation["responses"]:
                creating.add(path)
            if method != "parameters" and idempotency.PARAMETER in operation.get("parameters", []):
                taking.add(path)

    assert {"/api/status", "/api/incidents", "/api/blockers", "/api/decisions"} < creating
    assert creating == taking
