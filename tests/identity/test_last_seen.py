"""When a person was last seen: for administrators, written at most hourly."""

import pytest
import time_machine


@pytest.fixture
def now():
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        yield now


@pytest.fixture
def look_at(now, sign_in, admin):
    """The administrator's view of a person."""
    administrator = sign_in(admin)

    def look_at(user):
        return administrator.get(f"/api/users/{user.id}")

    return look_at


def test_signing_in_alone_is_not_being_seen(look_at, sign_in, member):
    sign_in(member)

    assert look_at(member).json["last_seen_at"] is None


def test_a_request_is_being_seen(look_at, sign_in, member):
    sign_in(member).get("/api/users/me")

    assert look_at(member).json["last_seen_at"] == "2026-03-02T09:00:00.000000Z"


def test_it_is_written_at_most_hourly(look_at, sign_in, member, now):
    client = sign_in(member)
    client.get("/api/users/me")

    for at, seen in (("09:59:59", "09:00:00"), ("10:00:00", "09:00:00"), ("10:00:01", "10:00:01")):
        now.move_to(f"2026-03-02T{at}Z")
        client.get("/api/users/me")
        assert look_at(member).json["last_seen_at"] == f"2026-03-02T{seen}.000000Z"


def test_a_request_within_the_hour_writes_nothing(sign_in, member, now, sent):
    client = sign_in(member)
    client.get("/api/users/me")
    now.move_to("2026-03-02T09:59:59Z")
    del sent[:]

    client.get("/api/users/me")

    assert sent
    assert not any("UPDATE" in statement for statement, *_ in sent)


def test_it_is_nobodys_edit(look_at, sign_in, member, now):
    client = sign_in(member)
    before = look_at(member)
    now.move_to("2026-03-02T11:00:00Z")

    client.get("/api/users/me")

    after = look_at(member)
    assert after.json["last_seen_at"] == "2026-03-02T11:00:00.000000Z"
    assert after.json["updated_at"] == before.json["updated_at"]
    assert after.headers["ETag"] == before.headers["ETag"] == '"v1"'


def test_a_refused_session_is_not_being_seen(look_at, sign_in, member, now):
    client = sign_in(member)
    client.post("/api/auth/logout")
    now.move_to("2026-03-02T11:00:00Z")

    client.get("/api/users/me")

    assert look_at(member).json["last_seen_at"] == "2026-03-02T09:00:00.000000Z"


def test_members_do_not_learn_it(sign_in, member, other, look_at):
    client = sign_in(member)

    for answer in (
        client.get("/api/users/me").json,
        client.get("/api/users/for-assignment").json,
        client.patch("/api/users/me", json={"full_name": "Max"}).json,
        client.post("/api/status", json={"title": "t", "content": "c"}).json,
    ):
        assert "last_seen_at" not in str(answer)
