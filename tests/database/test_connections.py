"""Connections that are kept between requests."""

import psycopg
from sqlalchemy import func, select

from asyncops.extensions import db


def test_one_that_the_server_ended_is_replaced_before_anybody_notices(app, servers, sign_in, member):
    client = sign_in(member)
    with app.app_context():
        kept = db.session.scalar(select(func.pg_backend_pid()))
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as operator:
        assert operator.execute("SELECT pg_terminate_backend(%s, 5000)", [kept]).fetchone() == (True,)

    assert client.get("/api/users/me").status_code == 200
    with app.app_context():
        assert db.session.scalar(select(func.pg_backend_pid())) != kept
