"""People who decide."""

import pytest


@pytest.fixture
def client(sign_in, member):
    return sign_in(member)


@pytest.fixture
def boss(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def body():
    """The smallest valid decision."""
    return {
        "title": "Adopt Valkey",
        "description": "Redis goes.",
        "context": "The licence changed.",
        "outcome": "We move in March.",
        "decision_date": "2026-03-02",
    }


@pytest.fixture
def record(client, body):
    """Record a decision as the member; gives it as answered."""

    def record(**more):
        answer = client.post("/api/decisions", json=body | more)
        assert answer.status_code == 201, answer.json
        return answer.json

    return record


@pytest.fixture
def url(record):
    return f"/api/decisions/{record()['id']}"
