"""The database server as backups use it."""

import psycopg
import pytest

from asyncops.backup.server import drop_database
from asyncops.embedded import services
from asyncops.embedded.postgres import SETTINGS
from tests.waiting import eventually

SLOWLY_VACUUMED = """
CREATE TABLE t (x int) WITH (
    autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1000000000,
    autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1
);
INSERT INTO t SELECT generate_series(1, 200000);
DELETE FROM t
"""


@pytest.fixture
def eager_server(monkeypatch, tmp_path):
    """One whose autovacuum looks at each database every second."""
    monkeypatch.setitem(SETTINGS, "autovacuum_naptime", "1s")
    with services(tmp_path, durable=False) as running:
        yield running.database_url.replace("+psycopg", "")


def test_a_database_is_dropped_while_autovacuum_and_we_are_at_work_in_it(eager_server):
    """Autovacuum is a superuser's and our role is none: it may not end it the way that ends our own sessions."""
    with psycopg.connect(eager_server, autocommit=True) as admin:
        admin.execute("CREATE DATABASE busy")
        ours = psycopg.connect(eager_server, dbname="busy", autocommit=True)
        ours.execute(SLOWLY_VACUUMED)
        at_work = "SELECT FROM pg_locks WHERE relation = 't'::regclass AND pid <> pg_backend_pid()"
        eventually(lambda: ours.execute(at_work).fetchall(), "autovacuum")

        drop_database(admin, "busy")

        assert admin.execute("SELECT FROM pg_database WHERE datname = 'busy'").fetchall() == []
        drop_database(admin, "busy")  # nothing there: nothing to do
    ours.close()
