"""People at work on incidents."""

import pytest


@pytest.fixture
def client(sign_in, member):
    """A member; anybody may work on any incident."""
    return sign_in(member)


@pytest.fixture
def boss(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def report(client):
    """Report an incident; gives it as answered."""

    def report(title="Checkout errors", **body):
        answer = client.post("/api/incidents", json={"title": title, "description": "It *fails*.", **body})
        assert answer.status_code == 201, answer.json
        return answer.json

    return report


@pytest.fixture
def url(report):
    return f"/api/incidents/{report()['id']}"
