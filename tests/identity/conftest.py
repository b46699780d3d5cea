"""What the tests of identity share: passwords, links in mails, joining."""

import re

import pytest


@pytest.fixture
def password():
    """The password of everybody made by `make_user`."""
    return "correct-horse-1"


@pytest.fixture
def try_password(client):
    """Try to sign in; gives the status."""

    def try_password(user, password):
        return client.post("/api/auth/login", json={"email": user.email, "password": password}).status_code

    return try_password


@pytest.fixture
def is_signed_in():
    """Whether a client's session still works."""

    def is_signed_in(client):
        return client.get("/api/users/me").status_code == 200

    return is_signed_in


@pytest.fixture
def token_in():
    """The token of the link in a text."""

    def token_in(text):
        return re.search(r"#token=(\S+)", text).group(1)

    return token_in


@pytest.fixture
def ask_reset(client, mails, work, token_in, text_of):
    """Ask to reset a person's password; gives the token of the link that the mail brings."""

    def ask_reset(user):
        mails.clear()
        assert client.post("/api/auth/forgot-password", json={"email": user.email}).status_code == 202
        work()
        (mail,) = (mail for mail in mails() if mail["Subject"] == "Set a new password")
        return token_in(text_of(mail))

    return ask_reset


@pytest.fixture
def reset(client):
    """Use a reset link."""

    def reset(token, new_password="battery-staple-2", via=client):
        return via.post("/api/auth/reset-password", json={"token": token, "new_password": new_password})

    return reset


@pytest.fixture
def invite(sign_in, admin):
    """Invite as the administrator; gives the answer."""
    clients = []

    def invite(email="new@example.org", **body):
        if not clients:
            clients.append(sign_in(admin))
        return clients[0].post("/api/users/invitations", json={"email": email, **body})

    return invite


@pytest.fixture
def register(client):
    """Join; gives the answer."""

    def register(via=client, **changed):
        body = {"email": "new@example.org", "password": "correct-horse-1", "full_name": "New Person"}
        return via.post("/api/auth/register", json=body | changed)

    return register
