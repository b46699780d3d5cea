"""A workspace that began long before, and posts at chosen moments."""

from datetime import datetime

import pytest

from asyncops.actor import Actor
from asyncops.clock import as_of
from asyncops.transaction import unit_of_work
from modules.status_updates import service as status_updates


@pytest.fixture
def long_ago(app, make_user):
    """Somebody who was here before all tests' moments."""
    with as_of(datetime.fromisoformat("2026-01-01T00:00:00Z")):
        return make_user("Zoe First")


@pytest.fixture
def post(app):
    """Post in somebody's name at a moment; gives the id."""

    def post(author, title, at):
        with app.app_context(), unit_of_work(), as_of(datetime.fromisoformat(at)):
            actor = Actor(id=author.id, role=author.role)
            return status_updates.post_status_update(actor, title=title, content="text", tags=[]).id

    return post
