"""/healthz and /readyz"""

import tempfile
import time
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import text

from asyncops.embedded import services
from asyncops.extensions import db

ROOT = Path(__file__).parents[2]

AWAY = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}


@pytest.fixture
def revision(app):
    """Pretend that the database is at another revision."""

    def write(value):
        with app.app_context():
            db.session.execute(text("DELETE FROM alembic_version"))
            if value:
                db.session.execute(text("INSERT INTO alembic_version VALUES (:v)"), {"v": value})
            db.session.commit()

    with app.app_context():
        before = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    yield write
    write(before)


def test_ready_when_all_is_there(client):
    answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "checks": {"database": "ok", "queue": "ok"}}


def test_alive_says_nothing_about_others(make_app):
    assert make_app(**AWAY).test_client().get("/healthz").json == {"status": "ok"}


def test_a_queue_that_is_away_is_degraded_and_no_reason_to_be_taken_out(make_app):
    answer = make_app(REDIS_URL=AWAY["REDIS_URL"]).test_client().get("/readyz")

    assert answer.status_code == 200
    assert answer.json == {"status": "degraded", "checks": {"database": "ok", "queue": "unreachable"}}


def test_a_database_that_is_away_is_unavailable(make_app):
    answer = make_app(DATABASE_URL=AWAY["DATABASE_URL"]).test_client().get("/readyz")

    assert answer.status_code == 503
    assert answer.json == {"status": "unavailable", "checks": {"database": "unreachable", "queue": "ok"}}


def test_servers_that_take_connections_and_never_answer_are_away_within_seconds(make_app, silent_port):
    mute = {
        "DATABASE_URL": f"postgresql://nobody@127.0.0.1:{silent_port}/none",
        "REDIS_URL": f"redis://127.0.0.1:{silent_port}/0",
    }
    client = make_app(**mute).test_client()
    began = time.monotonic()

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"] == {"database": "unreachable", "queue": "unreachable"}
    assert time.monotonic() - began < 8


def test_ready_again_by_itself_when_the_servers_are_back(make_app):
    with tempfile.TemporaryDirectory(prefix="asyncops-test-") as folder, services(Path(folder)) as own:
        app = make_app(DATABASE_URL=own.database_url, REDIS_URL=own.redis_url)
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
        client = app.test_client()
        assert client.get("/readyz").json["status"] == "ok"

        own.postgres.kill()
        own.valkey.kill()
        away = client.get("/readyz")
        own.postgres.start()
        own.valkey.start()

        assert away.status_code == 503
        assert away.json["checks"] == {"database": "unreachable", "queue": "unreachable"}
        assert client.get("/readyz").json["status"] == "ok"
        with app.app_context():
            db.engine.dispose()


def test_a_database_without_tables_is_unavailable(client, sql):
    sql("ALTER TABLE alembic_version RENAME TO elsewhere")
    try:
        answer = client.get("/readyz")
    finally:
        sql("ALTER TABLE elsewhere RENAME TO alembic_version")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "lacks its tables"


def test_a_busy_pool_is_no_reason_to_be_taken_out(app, client):
    with app.app_context():
        held = [db.engine.connect() for _ in range(app.config["SQLALCHEMY_ENGINE_OPTIONS"]["pool_size"] + 2)]
        try:
            answer = client.get("/readyz")
        finally:
            for connection in held:
                connection.close()

    assert answer.json["checks"]["database"] == "ok"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"])
def test_what_is_wrong_is_not_told_through_a_proxy(client, make_app, header):
    broken = make_app(**AWAY).test_client()

    assert client.get("/readyz", headers={header: "203.0.113.7"}).json == {"status": "ok"}
    assert broken.get("/readyz", headers={header: "203.0.113.7"}).json == {"status": "unavailable"}


def test_nothing_is_told_through_a_proxy_that_we_trust(make_app):
    client = make_app(TRUSTED_PROXIES="1").test_client()

    assert client.get("/readyz", headers={"X-Forwarded-For": "203.0.113.7"}).json == {"status": "ok"}
    assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code == 404


@pytest.mark.parametrize("lacking", ["0001", None])
def test_a_database_that_lacks_a_revision_is_unavailable(client, revision, lacking):
    revision(lacking)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "lacks a revision"


def test_a_database_that_is_ahead_of_this_code_is_fine(client, revision):
    revision("9999")

    assert client.get("/readyz").status_code == 200
