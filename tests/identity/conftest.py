"""What the tests of identity share: passwords, mails and their links, people who act at the same moment."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from pathlib import Path

import pytest

from asyncops.extensions import db, redis_client
from asyncops.transaction import unit_of_work


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
def mails(app, environment):
    """The mails written since the test began; `mails.clear()` throws them away."""
    folder = Path(environment["DATA_DIR"]) / "mail"

    def mails():
        return [BytesParser(policy=policy.default).parsebytes(path.read_bytes()) for path in folder.glob("*.eml")]

    def clear():
        for path in folder.glob("*.eml"):
            path.unlink()

    mails.clear = clear
    clear()
    return mails


@pytest.fixture
def text_of():
    """The plain text of a mail."""

    def text_of(mail):
        return mail.get_body(("plain",)).get_content()

    return text_of


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
        (mail,) = mails()
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


@pytest.fixture
def sql(app):
    """Look at or change what no route shows."""

    def sql(statement, **values):
        with app.app_context(), unit_of_work():
            result = db.session.execute(db.text(statement), values)
            return result.scalar() if result.returns_rows else None

    return sql


@pytest.fixture
def lose_redis(app):
    """Throw away all that Redis holds."""

    def lose_redis():
        with app.app_context():
            redis_client().flushdb()

    return lose_redis


@pytest.fixture
def while_held(app):
    """Hold the locks of a statement until several acts all wait for a lock, then let go; gives their results.

    So they are known to have begun before any of them is through.
    """

    def while_held(statement, *acts, **values):
        waiting = db.text("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        with ThreadPoolExecutor(len(acts)) as pool:
            with app.app_context(), db.engine.begin() as connection:
                connection.execute(db.text(statement), values)
                pending = [pool.submit(act) for act in acts]
                deadline = time.monotonic() + 10
                while connection.scalar(waiting) < len(acts):
                    assert time.monotonic() < deadline, "Somebody did not wait"
                    time.sleep(0.01)
            return [act.result() for act in pending]

    return while_held
