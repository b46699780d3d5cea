"""What identity tells others: one event for each change, none where nothing changed."""

import pytest

from asyncops import events
from asyncops.changes import Change


@pytest.fixture
def heard(monkeypatch):
    """The events published since."""
    found = []
    monkeypatch.setattr(events, "_listeners", [*events._listeners, (events.Event, found.append)])
    return found


def told(heard):
    """Who did what to whom, and what changed; then forget."""
    found = [(event.action, event.actor.id, event.subject.type, event.subject.id, *event.changes) for event in heard]
    heard.clear()
    return found


@pytest.fixture
def administrator(sign_in, admin):
    return sign_in(admin)


def test_joining(heard, register):
    user_id = register().json["id"]

    assert told(heard) == [("user.registered", user_id, "user", user_id)]
    register()
    assert told(heard) == []


def test_the_profile(sign_in, member, heard):
    client = sign_in(member)

    client.patch("/api/users/me", json={"full_name": "Max", "timezone": "Asia/Tokyo", "email": member.email})

    name, zone = Change("full_name", "Max Member", "Max"), Change("timezone", "UTC", "Asia/Tokyo")
    assert told(heard) == [("user.updated", member.id, "user", member.id, name, zone)]
    client.patch("/api/users/me", json={"full_name": "Max"})
    assert told(heard) == []


def test_standing(administrator, admin, member, heard):
    url = f"/api/users/{member.id}"

    administrator.patch(url, json={"full_name": "Max", "role": "admin", "is_active": False})
    administrator.patch(url, json={"is_active": True})

    who = (admin.id, "user", member.id)
    assert told(heard) == [
        ("user.updated", *who, Change("full_name", "Max Member", "Max")),
        ("user.role_changed", *who, Change("role", "member", "admin")),
        ("user.deactivated", *who, Change("is_active", old=True, new=False)),
        ("user.reactivated", *who, Change("is_active", old=False, new=True)),
    ]
    administrator.patch(url, json={"full_name": "Max", "role": "admin", "is_active": True})
    assert told(heard) == []


def test_passwords_without_their_values(sign_in, member, heard, ask_reset, reset, password):
    client = sign_in(member)
    body = {"current_password": password, "new_password": "battery-staple-2"}

    client.post("/api/users/me/change-password", json=body)
    assert told(heard) == [("user.password_changed", member.id, "user", member.id)]

    token = ask_reset(member)
    reset(token)
    assert told(heard) == [("user.password_changed", member.id, "user", member.id)]
    reset(token)
    client.post("/api/users/me/change-password", json=body)
    assert told(heard) == []


def test_invitations(administrator, admin, heard):
    invitation = administrator.post("/api/users/invitations", json={"email": "new@example.org"}).json
    administrator.delete(f"/api/users/invitations/{invitation['id']}")

    who = (admin.id, "user", admin.id)
    assert told(heard) == [
        ("user.invited", *who, Change("invitation", None, "new@example.org")),
        ("user.invitation_withdrawn", *who, Change("invitation", "new@example.org", None)),
    ]
