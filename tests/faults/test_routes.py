"""Every route of the document, while a server is away: with real web processes, behind nginx where there is one."""

import pytest

from tests.faults.routes import DATABASE_AWAY, WITHOUT_DATABASE, Routes, redis_stopped
from tests.waiting import HANG, eventually

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def routes(laboratory):
    return Routes(laboratory)


@pytest.mark.parametrize("away", DATABASE_AWAY)
def test_without_the_database_every_route_says_so_and_none_hangs(laboratory, routes, away):
    with away(laboratory) as port:
        called = routes.walk(port)

    assert len(called) > 60
    assert {one.route: one.status for one in called if one.status != 503} == dict.fromkeys(WITHOUT_DATABASE, 200)
    assert {one.route for one in called if one.retry_after is None} == WITHOUT_DATABASE
    assert sum(one.seconds for one in called) < HANG
    eventually(lambda: routes.call("get", "/api/users/me").status == 200, "the database to be used again")


def test_without_redis_every_route_works_as_ever(laboratory, routes):
    routes.prepare()
    usual = {one.route: one.status for one in routes.walk()}
    routes.prepare()

    with redis_stopped(laboratory):
        found = {one.route: one.status for one in routes.walk()}

    assert found == usual
    assert len([status for status in found.values() if status < 300]) > 50  # the others are refused for what they ask
