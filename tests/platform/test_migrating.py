"""asyncops migrate beside a site at work: it waits its turn, holds nobody up, and can be killed."""

import shutil
import subprocess
import sys
import threading
import time

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from asyncops import migrating
from asyncops.extensions import db
from asyncops.migrating import FOLDER, TablesAreBusy
from tests.waiting import eventually

INDEX = """
    with concurrently():
        op.drop_index("ix_users_timezone", "users", if_exists=True, postgresql_concurrently=True)
        op.create_index("ix_users_timezone", "users", ["timezone"], postgresql_concurrently=True)
"""


@pytest.fixture
def revision(app, tmp_path, monkeypatch):
    """Let this release have one more revision; the schema is as before when the test ends."""
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrating, "FOLDER", folder)
    head = migrating.head()

    def write(body):
        (folder / "versions" / "9999_sample.py").write_text(
            f"import sqlalchemy as sa\nfrom alembic import op\nfrom asyncops.migrating import concurrently\n"
            f'revision, down_revision = "9999", "{head}"\n\n\ndef upgrade():\n    {body.strip()}\n'
        )

    yield write
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text("DROP INDEX IF EXISTS ix_users_timezone"))
        connection.execute(text("ALTER TABLE users DROP COLUMN IF EXISTS nickname"))
        connection.execute(text("DROP TABLE IF EXISTS pets"))
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": head})


@pytest.fixture
def outside(servers):
    """A session of somebody else."""
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        yield connection


def test_this_release_serves_on_the_schema_of_the_next_one(app, revision, member, sign_in, client):
    """A release that expands the schema is migrated to while this one serves: columns, indexes, rules."""
    revision(
        'op.add_column("users", sa.Column("nickname", sa.Text, nullable=False, server_default=""))\n'
        '    op.execute("ALTER TABLE users ADD CONSTRAINT ck_nick CHECK (length(nickname) < 9) NOT VALID")\n'
        '    op.execute("CREATE TABLE pets (id serial PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id))")\n'
        + INDEX
    )
    signed_in = sign_in(member)

    migrate(app)

    assert version(app) == "9999"
    assert client.get("/readyz").json["checks"]["database"] == "ok"
    assert client.get("/healthz").status_code == 200
    new = {"email": "new@example.org", "password": "correct-horse-1", "full_name": "New"}
    assert client.post("/api/auth/register", json=new).status_code == 201
    assert signed_in.post("/api/status", json={"title": "Still here", "content": "On both."}).status_code == 201
    assert signed_in.patch("/api/users/me", json={"full_name": "Renamed"}).status_code == 200


def newer_sessions(app, than):
    """What sessions that began later do, or did last."""
    with app.app_context(), db.engine.connect() as connection:
        statement = text("SELECT query FROM pg_stat_activity WHERE backend_start > :than AND pid <> pg_backend_pid()")
        return connection.scalars(statement, {"than": than}).all()


def version(app):
    with app.app_context(), db.engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def migrate(app, **how):
    with app.app_context():
        migrating.upgrade(**how)


def test_a_step_that_has_to_wait_lets_the_site_go_on_and_is_tried_again(app, revision, outside, member, sign_in):
    revision('op.add_column("users", sa.Column("nickname", sa.Text))')
    outside.execute("SELECT count(*) FROM users")  # a long report, whose lock ADD COLUMN waits for
    running = threading.Thread(target=migrate, args=(app,))
    running.start()
    client, slowest = sign_in(member), 0.0
    until = time.monotonic() + 4.5  # longer than one try
    while time.monotonic() < until:
        began = time.monotonic()
        assert client.get("/api/users/me").status_code == 200
        slowest = max(slowest, time.monotonic() - began)
        time.sleep(0.05)
    assert version(app) != "9999"

    outside.rollback()
    running.join(30)

    assert version(app) == "9999"
    assert slowest < 10, "somebody waited longer than the lock timeout"


def test_a_lock_that_is_never_let_go_ends_with_a_sentence_and_an_unchanged_schema(app, revision, outside):
    revision('op.add_column("users", sa.Column("nickname", sa.Text))')
    before = version(app)
    outside.execute("LOCK TABLE users IN ACCESS SHARE MODE")

    with pytest.raises(TablesAreBusy, match="holds a lock that this migration needs"):
        migrate(app, pauses=(0.1,))

    assert version(app) == before


def test_what_fails_for_another_reason_is_not_tried_again(app, revision, member):
    revision(f"op.execute(\"INSERT INTO users (email, password_hash, full_name) VALUES ('{member.email}', '', 'x')\")")

    with pytest.raises(IntegrityError):
        migrate(app)


def test_two_migrations_at_once_are_one(app, revision, environment, outside):
    """Also with a concurrent build, which waits for every open statement: also for one that waits for its turn."""
    revision(INDEX)
    code = (
        "import sys; from pathlib import Path; from asyncops import migrating; from asyncops.app import create_app; "
        "migrating.FOLDER = Path(sys.argv[1]); create_app().app_context().push(); migrating.upgrade()"
    )
    command = [sys.executable, "-c", code, migrating.FOLDER]

    outside.execute("UPDATE users SET timezone = 'UTC'")  # holds the build up until the other waits for its turn
    (began,) = outside.execute("SELECT clock_timestamp()").fetchone()
    runs = [subprocess.Popen(command, env=environment, cwd=FOLDER.parent) for _ in range(2)]
    eventually(lambda: any("CREATE INDEX" in query for query in newer_sessions(app, began)))
    eventually(lambda: any("advisory" in query or query == "ROLLBACK" for query in newer_sessions(app, began)))
    outside.rollback()

    assert [each.wait(60) for each in runs] == [0, 0]
    assert version(app) == "9999"
    assert valid(app) is True


def test_a_concurrent_build_waits_as_long_as_it_must_and_blocks_nobody(app, revision, outside, make_user):
    revision(INDEX)
    outside.execute("UPDATE users SET timezone = 'UTC'")
    running = threading.Thread(target=migrate, args=(app,))
    running.start()
    time.sleep(3.5)  # longer than the lock timeout
    make_user()
    assert version(app) != "9999"

    outside.rollback()
    running.join(30)

    assert version(app) == "9999"
    assert valid(app) is True


@pytest.mark.usefixtures("admin", "member")
def test_a_build_that_was_cut_off_is_done_again(app, revision, outside):
    revision(INDEX)
    outside.autocommit = True
    with pytest.raises(psycopg.errors.UniqueViolation):  # it ends in the middle, as when it is killed
        outside.execute("CREATE UNIQUE INDEX CONCURRENTLY ix_users_timezone ON users (timezone)")
    assert valid(app) is False

    migrate(app)

    assert valid(app) is True


def valid(app):
    with app.app_context(), db.engine.connect() as connection:
        return connection.scalar(
            text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_users_timezone'::regclass")
        )
