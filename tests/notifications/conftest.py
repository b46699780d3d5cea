"""People who do things, and what others hear of it."""

import pytest


@pytest.fixture
def actor(sign_in, make_user):
    """Who does things in these tests."""
    return sign_in(make_user("Sam Lee", email="sam@example.org"))


@pytest.fixture
def reader(sign_in, member):
    """Who hears of them."""
    return sign_in(member)


@pytest.fixture
def inbox(reader):
    """What the member was told: the entries, newest first."""

    def inbox(via=reader, **query):
        answer = via.get("/api/notifications", query_string=query)
        assert answer.status_code == 200, answer.json
        return answer.json["items"]

    return inbox


@pytest.fixture
def events(inbox):
    """Why the member was told, newest first."""

    def events(*args):
        return [entry["event"] for entry in inbox(*args)]

    return events


@pytest.fixture
def act(actor):
    """Do something as the actor, or somebody else; gives the record."""

    def act(method, path, via=actor, **body):
        answer = via.open(path, method=method, json=body)
        assert answer.status_code < 300, answer.json
        return answer.json

    return act


@pytest.fixture
def incident(act):
    """Report an incident."""

    def incident(**more):
        return act("POST", "/api/incidents", **({"title": "Checkout errors", "description": "It *fails*."} | more))

    return incident


@pytest.fixture
def assigned(incident, member):
    """Report an incident that is the member's to mend."""
    return lambda **more: incident(assigned_to_id=member.id, **more)


@pytest.fixture
def blocker(act):
    def blocker(**more):
        return act("POST", "/api/blockers", **({"description": "No access", "impact": "We wait."} | more))

    return blocker


@pytest.fixture
def decision(act):
    def decision(**more):
        body = {"title": "Adopt Valkey", "description": "D", "context": "C", "outcome": "O"}
        return act("POST", "/api/decisions", **(body | {"decision_date": "2026-03-02"} | more))

    return decision


@pytest.fixture
def prefer(reader):
    """Set the member's preferences."""

    def prefer(via=reader, **body):
        answer = via.put("/api/notifications/preferences", json=body)
        assert answer.status_code == 200, answer.json
        return answer.json

    return prefer
