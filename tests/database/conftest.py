"""The application on a primary with a streaming replica."""

from __future__ import annotations

import io
import logging
import tempfile
from pathlib import Path

import flask_migrate
import pytest

from asyncops.app import create_app
from asyncops.config import Settings
from asyncops.extensions import db, limiter, redis_client
from asyncops.transaction import unit_of_work
from modules.identity import service as identity
from tests.database.servers import pair as servers_of_pair
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
PASSWORD = "correct-horse-1"


class Site:
    """An application, and people who speak to it."""

    def __init__(self, app, pair):
        self.app, self.pair = app, pair

    def sign_in(self, email):
        client = self.app.test_client(use_cookies=False)
        answer = client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.json
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {answer.json['access_token']}"
        return client

    def settle(self):
        """Let the replica catch up and the application know that it did."""
        self.pair.catch_up()
        with self.app.app_context(), unit_of_work():
            eventually(self.app.extensions["asyncops.replica"].is_usable, "the replica to be taken back")


@pytest.fixture(scope="session")
def pair():
    with tempfile.TemporaryDirectory(prefix="asyncops-test-replica-") as folder:
        Path(folder).chmod(0o755)
        with servers_of_pair(Path(folder)) as made:
            yield made


@pytest.fixture(scope="session")
def build(pair, tmp_path_factory):
    """Applications on the pair of servers. The one limiter there is stays as others know it."""
    before = dict(vars(limiter))
    made = []

    def build(**changed):
        given = {
            "DATABASE_URL": pair.primary.url,
            "DATABASE_REPLICA_URL": pair.standby.url,
            "REDIS_URL": pair.redis_url,
            "SECRET_KEY": "tests-8f1c2b7d4a9e6053-link-key-0",
            "JWT_SECRET_KEY": "tests-3e9a5d0b7c4f8126-token-key-0",
            "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
            "BCRYPT_ROUNDS": "4",
            "RATELIMIT_ENABLED": "0",
            "DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }
        made.append(create_app(Settings.from_environment(given | changed)))
        vars(limiter).update(before)
        return made[-1]

    yield build
    for app in made:
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()
            redis_client().close()


@pytest.fixture(scope="session")
def replicated(build, pair):
    """The application, with an administrator and a member."""
    app = build()
    with app.app_context():
        flask_migrate.upgrade(directory=str(ROOT / "migrations"))
    with app.app_context(), unit_of_work():
        for name, role in (("ada", "admin"), ("max", "member")):
            identity.create_account(email=f"{name}@example.org", password=PASSWORD, full_name=name.title(), role=role)
    pair.catch_up()
    return app


@pytest.fixture
def site(replicated, pair):
    """The replica runs, has everything and is in use; and so it is left."""
    _mend(pair)
    site = Site(replicated, pair)
    site.settle()
    yield site
    _mend(pair)


@pytest.fixture
def site_of(build, replicated, pair):
    """As `site`, with other settings."""
    return lambda **changed: Site(build(**changed), pair)


def _mend(pair):
    if not pair.standby.running:
        pair.standby.start()
    pair.standby.resume()
    pair.catch_up()


@pytest.fixture
def said(monkeypatch):
    """What the logs say."""
    (handler,) = [found for found in logging.getLogger().handlers if type(found) is logging.StreamHandler]
    monkeypatch.setattr(handler, "stream", stream := io.StringIO())
    return stream.getvalue
