"""People who wait."""

import pytest


@pytest.fixture
def client(sign_in, member):
    """A member; anybody may work on any blocker."""
    return sign_in(member)


@pytest.fixture
def boss(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def report(client):
    """Report a blocker; gives it as answered."""

    def report(description="No staging access", **body):
        answer = client.post("/api/blockers", json={"description": description, "impact": "Tests wait.", **body})
        assert answer.status_code == 201, answer.json
        return answer.json

    return report


@pytest.fixture
def url(report):
    return f"/api/blockers/{report()['id']}"


@pytest.fixture
def update(client):
    """A status update to point to; gives its id."""
    return client.post("/api/status", json={"title": "Importer", "content": "Half done"}).json["id"]


@pytest.fixture
def incident(client):
    """An incident to point to; gives its id."""
    return client.post("/api/incidents", json={"title": "Queue down", "description": "It is."}).json["id"]
