"""Five hundred people and one critical incident"""

import pytest
from sqlalchemy import event

from asyncops.extensions import db, redis_client

PEOPLE = 500


@pytest.fixture
def crowd(sql):
    """Many more people."""

    def crowd(number):
        sql(
            "INSERT INTO users (email, password_hash, full_name) "
            "SELECT 'crowd' || n || '@example.org', '', 'Person ' || n FROM generate_series(1, :number) n",
            number=number,
        )

    return crowd


@pytest.fixture
def statements(app):
    """The statements that were sent to the database."""
    sent = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note := lambda *args: sent.append(args[2]))
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def test_telling_five_hundred_costs_as_many_statements_as_telling_three(crowd, incident, statements, reader, sql, app):
    incident(severity="critical")  # also notes that the actor was here
    del statements[:]
    incident(severity="critical")
    for_three = len(statements)
    crowd(PEOPLE)
    del statements[:]
    made = incident(severity="critical")

    assert len(statements) == for_three
    told = "SELECT count(*) FROM notifications n JOIN activity a ON a.id = n.activity_id WHERE a.subject_id = :id"
    assert sql(told, id=made["id"]) == PEOPLE + 1  # and the reader, but not the actor
    assert sql("SELECT count(*) FROM deliveries WHERE sent_at IS NULL AND due_at <= now()") == PEOPLE + 3
    with app.app_context():
        assert redis_client().llen("rq:queue:notifications") == 3  # one for each request
