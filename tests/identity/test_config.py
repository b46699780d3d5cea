"""GET /api/config"""

import pytest


def test_anybody_learns_how_to_join(client):
    answer = client.get("/api/config")

    assert answer.status_code == 200
    assert answer.json == {"workspace_name": "AsyncOps", "registration": "open"}


@pytest.mark.parametrize("setting", ["open", "invite", "closed"])
def test_it_says_what_is_set(app, make_app, setting):
    there = make_app(REGISTRATION=setting, WORKSPACE_NAME="Ops 🚀").test_client()

    assert there.get("/api/config").json == {"workspace_name": "Ops 🚀", "registration": setting}


def test_it_can_not_be_changed_from_outside(client):
    assert client.post("/api/config", json={"registration": "open"}).status_code == 405
