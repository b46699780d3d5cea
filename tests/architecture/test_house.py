"""What imports cannot say: who commits, which routes are public, what runs by the clock, what the schema is."""

import re
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import text

from asyncops.app import PUBLIC_ROUTES
from asyncops.database import Model
from asyncops.extensions import db
from asyncops.http.jobs_dashboard import BLUEPRINT as JOBS_DASHBOARD
from asyncops.jobs.registry import find_job, job_names
from asyncops.schedule import ENTRIES

ROOT = Path(__file__).parents[2]
CODE = [path for folder in ("asyncops", "modules") for path in sorted((ROOT / folder).rglob("*.py"))]


def code_with(pattern):
    return {str(path.relative_to(ROOT)) for path in CODE if re.search(pattern, path.read_text("utf-8"))}


def test_only_the_unit_of_work_commits():
    assert code_with(r"session\.commit\(") == {"asyncops/transaction.py"}
    assert code_with(r"session\.(begin|rollback)\(") == {"asyncops/transaction.py"}


def test_every_flush_says_why():
    for path in CODE:
        for line in path.read_text("utf-8").splitlines():
            if ".flush()" in line and "db.session" in line:
                assert "# " in line, f"{path}: {line.strip()}"


def test_views_do_nothing_but_call_a_service():
    for path in sorted((ROOT / "modules").glob("*/routes.py")):
        found = re.findall(
            r"^\s+(if|for|while|try|with)\b.*", path.read_text("utf-8").split("class ", 1)[1], re.MULTILINE
        )
        assert not found, f"{path} does more: {found}"


@pytest.fixture
def routes(app):
    """Every route and method the application answers, as nobody would call it."""
    adapter, found = app.url_map.bind("localhost"), []
    for rule in app.url_map.iter_rules():
        values = {
            name: 1
            if "integer" in type(converter).__name__.lower() or type(converter).__name__ == "IdConverter"
            else "x"
            for name, converter in rule._converters.items()
        }
        if rule.endpoint.startswith(JOBS_DASHBOARD) and "instance_number" in values:
            values["instance_number"] = 0
        methods = sorted(rule.methods - {"HEAD", "OPTIONS"})
        found += [(rule.endpoint, method, adapter.build(rule.endpoint, values, method=method)) for method in methods]
    return found


def test_every_route_wants_a_signed_in_person_unless_it_is_listed(client, routes):
    open_to_all = set()
    for endpoint, method, url in routes:
        with client.open(url, method=method) as answer:
            if answer.status_code != 401:
                open_to_all.add(endpoint)

    # The two that check credentials themselves answer 401 or 422 to an empty body.
    assert open_to_all | {"auth.SignIn"} == PUBLIC_ROUTES


def test_the_document_says_which_operations_are_public(app, client):
    paths = client.get("/api/openapi.json").json["paths"]
    adapter = app.url_map.bind("localhost")
    for path, item in paths.items():
        for method, operation in item.items():
            if method != "parameters":
                endpoint, _ = adapter.match(re.sub(r"{\w+}", "1", path), method=method.upper())
                assert (operation.get("security") == []) == (endpoint in PUBLIC_ROUTES), (method, path)


def test_what_the_clock_runs_are_registered_jobs():
    for entry in ENTRIES:
        assert find_job(entry.job)
        assert len(entry.cron.split()) == 5
    assert len({entry.id for entry in ENTRIES}) == len(ENTRIES)


def test_every_enqueued_name_is_a_registered_job():
    names = {
        name for path in CODE for name in re.findall(r'enqueue_after_commit\(\s*"([^"]+)"', path.read_text("utf-8"))
    }

    assert names
    assert names <= job_names()


DEFINITIONS = """
    SELECT 'column', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated,
           pg_get_expr(d.adbin, d.adrelid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    WHERE c.relkind = 'r' AND c.relnamespace = CAST(:schema AS text)::regnamespace
    UNION ALL
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid), NULL, NULL, NULL
    FROM pg_constraint WHERE connamespace = CAST(:schema AS text)::regnamespace AND contype <> 'n'
    UNION ALL
    SELECT 'index', tablename, indexname, indexdef, NULL, NULL, NULL
    FROM pg_indexes WHERE schemaname = CAST(:schema AS text)
"""


def test_the_migrations_make_the_schema_of_the_models(app):
    """Columns, defaults, generated columns, constraints and indexes, as PostgreSQL itself describes them."""
    with app.app_context(), db.engine.connect() as connection:
        connection.execute(text("CREATE SCHEMA models"))
        connection.execute(text("SET LOCAL search_path TO models, public"))
        Model.metadata.create_all(connection, checkfirst=False)

        def described(schema):
            rows = connection.execute(text(DEFINITIONS), {"schema": schema})
            return {
                tuple(str(value).replace(f"{schema}.", "") for value in row) for row in rows if "alembic" not in row[1]
            }

        of_models, of_migrations = described("models"), described("public")
        connection.rollback()

    assert of_models == of_migrations


def test_every_foreign_key_has_an_index_or_a_reason(app):
    reasons = {
        ("revoked_tokens", "user_id"),  # accounts are never deleted, and nobody asks for a person's revoked tokens
        ("invitations", "invited_by_id"),  # as above
        ("notifications", "activity_id"),  # the ledger loses no row, and nobody asks who was told of an act
        ("webhook_deliveries", "activity_id"),  # the ledger is never deleted from
    }
    unindexed = text(
        "SELECT c.conrelid::regclass::text, a.attname FROM pg_constraint c "
        "JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' "
        "AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.conrelid AND i.indkey[0] = c.conkey[1])"
    )
    with app.app_context():
        assert {tuple(row) for row in db.session.execute(unindexed)} == reasons


def test_the_migrations_can_be_undone_and_done_again(app):
    with app.app_context():
        folder = str(ROOT / "migrations")
        flask_migrate.downgrade(directory=folder, revision="base")
        left = db.session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        db.session.rollback()
        flask_migrate.upgrade(directory=folder)

    assert left == ["alembic_version"]
