"""Five hundred people and one critical incident"""

import pytest

from asyncops.extensions import redis_client

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


def test_telling_five_hundred_costs_as_many_statements_as_telling_three(crowd, incident, sent, reader, sql, app):
    incident(severity="critical")  # also notes that the actor was here
    del sent[:]
    incident(severity="critical")
    for_three = len(sent)
    crowd(PEOPLE)
    del sent[:]
    made = incident(severity="critical")

    assert len(sent) == for_three
    told = "SELECT count(*) FROM notifications n JOIN activity a ON a.id = n.activity_id WHERE a.subject_id = :id"
    assert sql(told, id=made["id"]) == PEOPLE + 1  # and the reader, but not the actor
    assert sql("SELECT count(*) FROM deliveries WHERE sent_at IS NULL AND due_at <= now()") == PEOPLE + 3
    with app.app_context():
        assert redis_client().llen("rq:queue:notifications") == 3  # one for each request
