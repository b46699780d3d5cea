"""No password, token or link stands in a log."""

import pytest

SECRETS = ("correct-horse-1", "battery-staple-2", "wrong-horse-1", "Bearer", "#token=", "eyJ")


@pytest.fixture
def talkative(logged, caplog):
    """All that is logged, at the most talkative level."""
    caplog.set_level("DEBUG")
    return logged


def assert_tells(logged, *secrets):
    lines = logged()
    assert '"path":"/api/auth/' in lines  # the log was really read
    for secret in (*SECRETS, *secrets):
        assert secret not in lines


def test_registering_and_signing_in(talkative, register, client, password):
    register()
    register()
    register(password="wrong-horse-1\0")
    good = {"email": "new@example.org", "password": password}
    token = client.post("/api/auth/login", json=good).json["access_token"]
    client.post("/api/auth/login", data={"username": "new@example.org", "password": password})
    client.post("/api/auth/login", json=good | {"password": "wrong-horse-1"})
    client.post("/api/auth/login", data=f'{{"password": "{password}"', content_type="application/json")
    client.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})
    client.get("/api/users/me", headers={"Authorization": f"Bearer {token}x"})

    assert_tells(talkative, token, token.rpartition(".")[2])


def test_changing_and_resetting(talkative, sign_in, member, ask_reset, reset, password):
    client = sign_in(member)
    body = {"current_password": password, "new_password": "battery-staple-2"}
    client.post("/api/users/me/change-password", json=body | {"current_password": "wrong-horse-1"})
    client.post("/api/users/me/change-password", json=body)
    token = ask_reset(member)
    reset(token, "short")
    reset(token)
    reset(token)

    assert_tells(talkative, token)


def test_inviting_and_joining(talkative, invite, register, token_in, work):
    token = token_in(invite().json["link"])
    work()
    register(invitation_token=token, email="friend@example.org")
    register(invitation_token=token)

    assert_tells(talkative, token)
