"""/healthz and /readyz"""

import pytest
from sqlalchemy import text

from asyncops.extensions import db

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
    assert answer.json["status"] == "unavailable"


@pytest.mark.parametrize("lacking", ["0001", None])
def test_a_database_that_lacks_a_revision_is_unavailable(client, revision, lacking):
    revision(lacking)

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "lacks a revision"


def test_a_database_that_is_ahead_of_this_code_is_fine(client, revision):
    revision("9999")

    assert client.get("/readyz").status_code == 200
