"""How PostgreSQL reads every list: 100,000 rows in each table, and the plans of what the API really sends.

A list without a row in LISTS fails here, and so does a filter that is named neither as indexed nor as scanned.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
import psycopg
import pytest

from asyncops import pagination
from asyncops.backup.server import drop_database
from asyncops.extensions import db
from asyncops.transaction import unit_of_work
from modules.identity import service as identity

ROOT = Path(__file__).parents[2]
LOGIN = {"email": "ada@example.org", "password": "correct-horse-1"}
ROWS = 100_000
TEAM = 50
DATABASE = "plans"


@dataclass(frozen=True)
class Expected:
    """Of one list: its table, the index of its order, its filters, and the statements of a request."""

    table: str
    index: str
    filters: dict[str, str] = field(default_factory=dict)
    """Each with a value that few rows have: none of these may read a whole table."""
    scanned: frozenset[str] = frozenset()
    """Filters without an index, each with its reason."""
    statements: int = 2
    """The check of the token, and the page with its total."""
    nests_people: bool = True


DAYS = {"start_date": "2026-03-10", "end_date": "2026-01-01"}  # the last two days of all, the first one
LISTS = {
    "/api/status": Expected(
        "status_updates",
        "ix_status_updates_newest",
        {"author_id": "7", "tags": "tag7", "search": "word7", **DAYS},
    ),
    "/api/incidents": Expected(
        "incidents",
        "ix_incidents_order",
        {"assigned_to_id": "7", "reported_by_id": "7", "archived": "true", "search": "word7", **DAYS}
        | {"status": "open,in_progress"},
        # The page is read in the list's order, past those of another severity; the total reads the table.
        scanned=frozenset({"severity"}),
    ),
    "/api/blockers": Expected(
        "blockers",
        "ix_blockers_order",
        {
            "reported_by_id": "7",
            "related_status_id": "77",
            "related_incident_id": "78",
            "archived": "true",
            "search": "word7",
            "status": "active",
            **DAYS,
        },
    ),
    "/api/decisions": Expected(
        "decisions",
        "ix_decisions_newest",
        {"created_by_id": "7", "participant_id": "7", "tag": "tag7", "search": "word7"}
        | {"start_date": "2027-05-01", "end_date": "2000-02-01"},
    ),
    "/api/activity": Expected(
        "activity",
        "ix_activity_newest",
        {"actor_id": "7", "subject_type": "summary", "subject_id": "77", "action": "summary.generated", **DAYS},
    ),
    "/api/summaries": Expected(
        "daily_summaries",
        "ix_daily_summaries_newest",
        {"start_date": "2173-09-01", "end_date": "1900-02-01"},
        nests_people=False,
    ),
    "/api/users": Expected(
        "users",
        "ix_users_full_name",
        scanned=frozenset({"role", "is_active", "search"}),  # people are few
    ),
    "/api/notifications": Expected(
        "notifications",
        "ix_notifications_inbox",
        {"unread": "true"},
        statements=3,  # how much is unread is told with every page
    ),
    "/api/webhooks": Expected("webhooks", "ix_webhooks_newest", nests_people=False),
    "/api/webhooks/{webhook_id}/deliveries": Expected(
        "webhook_deliveries",
        "ix_webhook_deliveries_newest",
        statements=3,  # and whether there is such a webhook
        nests_people=False,
    ),
    "/api/users/invitations": Expected("invitations", "ix_invitations_newest", nests_people=False),
}
SOUGHT = ("search", "tags", "tag")
"""Filters that ask for what may be in most rows or in none."""

MINUTE = "timestamptz '2026-01-01' + n * interval '1 minute'"
PERSON = f"1 + n % {TEAM}"
WORDS = "concat('word', n % 1000, CASE WHEN n % 3 > 0 THEN ' common' END)"
TAGS = "ARRAY['tag' || n % 1000, CASE WHEN n % 3 > 0 THEN 'common' ELSE 'seldom' END]"
# A word that some titles share is enough to search for: to_tsvector of real texts would take longer than all the rest.
FILL = f"""
    INSERT INTO users (email, password_hash, full_name)
    SELECT 'p' || n || '@example.org', '', 'Person ' || n FROM generate_series(1, {ROWS}) n;

    INSERT INTO invitations (email, role, invited_by_id, created_at, expires_at, accepted_at)
    SELECT 'i' || n || '@example.org', 'member', {PERSON}, {MINUTE}, now(), CASE WHEN n % 10 = 0 THEN now() END
    FROM generate_series(1, {ROWS}) n;

    INSERT INTO status_updates (user_id, title, content, tags, created_at)
    SELECT {PERSON}, {WORDS}, '-', {TAGS}, {MINUTE} FROM generate_series(1, {ROWS}) n;

    INSERT INTO incidents
        (title, description, severity, status, resolved_at, archived, reported_by_id, assigned_to_id, created_at)
    SELECT {WORDS}, '-', (ARRAY['low', 'medium', 'high', 'critical'])[1 + n % 4],
        CASE n % 23 WHEN 0 THEN 'open' WHEN 1 THEN 'in_progress' WHEN 2 THEN 'resolved' ELSE 'closed' END,
        CASE WHEN n % 23 > 1 THEN now() END, n % 10 = 0, {PERSON}, CASE WHEN n % 3 > 0 THEN 1 + n / 3 % {TEAM} END,
        {MINUTE}
    FROM generate_series(1, {ROWS}) n;

    INSERT INTO blockers
        (description, impact, status, resolved_at, archived, reported_by_id, related_status_id, related_incident_id,
        created_at)
    SELECT {WORDS}, '-', CASE n % 23 WHEN 0 THEN 'active' ELSE 'resolved' END,
        CASE WHEN n % 23 > 0 THEN now() END, n % 10 = 0, {PERSON}, CASE WHEN n % 7 = 0 THEN n END,
        CASE WHEN n % 7 = 1 THEN n END, {MINUTE}
    FROM generate_series(1, {ROWS}) n;

    INSERT INTO decisions
        (title, description, context, outcome, decision_date, tags, created_by_id, deleted_at, created_at)
    SELECT {WORDS}, '-', '-', '-', date '2000-01-01' + n / 10, {TAGS}, {PERSON},
        CASE WHEN n % 10 = 0 THEN now() END, {MINUTE}
    FROM generate_series(1, {ROWS}) n;

    INSERT INTO decision_participants (decision_id, user_id)
    SELECT n, 1 + (n + 3 * k) % {TEAM} FROM generate_series(1, {ROWS}) n, generate_series(0, n % 2) k;

    INSERT INTO activity (occurred_at, action, actor_id, subject_type, subject_id, subject_title)
    SELECT {MINUTE}, kind || CASE kind WHEN 'summary' THEN '.generated' ELSE '.updated' END, {PERSON}, kind,
        1 + n % 10000, 'word'
    FROM (SELECT n, CASE n % 100 WHEN 0 THEN 'summary' ELSE 'incident' END AS kind FROM generate_series(1, {ROWS}) n);

    INSERT INTO notifications (recipient_id, activity_id, event, created_at, read_at)
    SELECT (SELECT min(id) FROM users), id, 'incident.assigned', occurred_at, CASE WHEN id % 1000 > 0 THEN now() END
    FROM activity;

    INSERT INTO webhooks (url, events, created_at, deleted_at)
    SELECT 'https://hooks.example.org/', '{{*}}', {MINUTE}, CASE WHEN n % 10 = 0 THEN now() END
    FROM generate_series(1, {ROWS}) n;

    INSERT INTO webhook_deliveries (webhook_id, activity_id, created_at, due_at)
    SELECT 1, id, occurred_at, NULL FROM activity ORDER BY id LIMIT {ROWS};

    INSERT INTO daily_summaries (summary_date, window_start, window_end, is_complete, content, generated_at)
    SELECT date '1900-01-01' + n, now(), now() + interval '1 day', true, '{{}}', now()
    FROM generate_series(1, {ROWS}) n;
"""


@contextmanager
def indexed_afterwards(connection):
    """Take off indexes and foreign keys and put them on again as they were: half the time of filling with them."""
    indexes = connection.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "AND indexname NOT IN (SELECT conname FROM pg_constraint)"
    ).fetchall()
    keys = connection.execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE contype = 'f'"
    ).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX {name}")
    for table, name, _ in keys:
        connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for _, definition in indexes:
        connection.execute(definition)
    for table, name, definition in keys:
        connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@pytest.fixture(scope="module")
def crowded(servers, make_app):
    """An application whose tables are full, in a database of its own: dropping it costs less than emptying tables."""
    server, _, _ = servers.database_url.rpartition("/")
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {DATABASE}")
        app = make_app(DATABASE_URL=f"{server}/{DATABASE}")
        with app.app_context():
            flask_migrate.upgrade(directory=str(ROOT / "migrations"))
            with unit_of_work():
                identity.create_account(**LOGIN, full_name="Ada Admin", role="admin")
        with psycopg.connect(f"{server}/{DATABASE}".replace("+psycopg", "")) as connection:
            for table in ("status_updates", "incidents", "blockers", "decisions"):
                # Empty space instead of long texts: to read all of a table shall cost what it does with real ones.
                connection.execute(f"ALTER TABLE {table} SET (fillfactor = 20)")
            with indexed_afterwards(connection):
                connection.execute(FILL)
            connection.execute("ANALYZE")
        yield app
        with app.app_context():
            db.engine.dispose()
        drop_database(owner, DATABASE)


@pytest.fixture
def reader(crowded):
    """An administrator: they may read every list."""
    client = crowded.test_client(use_cookies=False)
    token = client.post("/api/auth/login", json=LOGIN).json["access_token"]
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    client.get("/api/users/me")  # the first request of an hour also notes that the person was here
    return client


@pytest.fixture
def read(reader, sent):
    """Read a list; gives the answer and the statements, with their parameters, that it took."""

    def read(path, *, may_be_empty=False, **query):
        del sent[:]
        answer = reader.get(path.format(webhook_id=1), query_string=query)
        assert answer.status_code == 200, answer.json
        assert answer.json["items"] or may_be_empty
        return answer.json, list(sent)

    return read


@pytest.fixture
def plan_of(crowded):
    """The plan that PostgreSQL makes for a statement with its parameters, and what came of it."""
    with crowded.app_context(), db.engine.connect() as connection:

        def plan_of(sent):
            statement, parameters = sent
            explain = f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}"
            return connection.exec_driver_sql(explain, parameters).scalar()[0]["Plan"]

        yield plan_of


@pytest.fixture
def middle(reader, monkeypatch):
    """The cursor in the middle of a list."""

    def middle(path):
        with monkeypatch.context() as patch:
            patch.setattr(pagination, "TOTAL_CAP", ROWS)  # there in one request instead of hundreds
            half = {"limit": 100, "page": ROWS // 2 // 100}
            return reader.get(path.format(webhook_id=1), query_string=half).json["next_cursor"]

    return middle


def nodes(plan, *, without=()):
    """The plan's nodes from the top down, but for those below the relationships `without`."""
    yield plan
    for part in plan.get("Plans", []):
        if part["Parent Relationship"] not in without:
            yield from nodes(part, without=without)


def scans(plan, table):
    return [node for node in nodes(plan) if node.get("Relation Name") == table]


def assert_read_in_order(plan, expected):
    """The rows of the page come out of the index of the list's order, and are not sorted after that."""
    page = list(nodes(plan, without={"InitPlan", "SubPlan"}))
    (scan,) = (node for node in page if node.get("Relation Name") == expected.table)
    assert (scan["Node Type"], scan.get("Index Name")) == ("Index Scan", expected.index)
    assert not [node for node in page if "Sort" in node["Node Type"] and scans(node, expected.table)]
    # Who expects a row or two joins people to them in any way, and sorts all that come. It must expect the list.
    assert scan["Plan Rows"] > ROWS / 4
    return scan


def assert_little_is_read(statements, plan_of, table):
    """The page and its total are found by indexes, and neither passes most rows."""
    plans = [plan_of(statement) for statement in statements if f"FROM {table}" in statement[0]]
    read = [scan for plan in plans for scan in scans(plan, table)]

    assert len(read) >= 2  # the page and its total
    assert not [node for plan in plans for node in nodes(plan) if node["Node Type"] == "Seq Scan"]  # of no table
    assert max(rows_passed(scan) for scan in read) < ROWS / 5


def rows_passed(scan):
    """How many rows a scan has read, wanted or not."""
    removed = sum(scan.get(f"Rows Removed by {why}", 0) for why in ("Filter", "Index Recheck"))
    return (scan["Actual Rows"] + removed) * scan["Actual Loops"]


def people_in(value):
    """The ids of all people in an answer, however deep."""
    if isinstance(value, list):
        return set().union(*map(people_in, value))
    if isinstance(value, dict):
        return ({value["id"]} if "full_name" in value else set()).union(*map(people_in, value.values()))
    return set()


def test_every_list_and_every_filter_is_expected_here(client):
    parameters = {
        path: {parameter["name"] for parameter in item["get"].get("parameters", [])}
        for path, item in client.get("/api/openapi.json").json["paths"].items()
        if "get" in item
    }
    filters = {path: names - {"page", "limit", "cursor"} for path, names in parameters.items() if "cursor" in names}

    assert filters == {path: expected.filters.keys() | expected.scanned for path, expected in LISTS.items()}


@pytest.mark.parametrize("path", LISTS)
def test_the_first_page_is_read_in_the_order_of_an_index_and_the_count_is_capped(read, plan_of, path):
    answer, statements = read(path)
    plan = plan_of(statements[-1])
    (count,) = (node for node in nodes(plan) if node.get("Parent Relationship") == "InitPlan")
    (limit,) = count["Plans"]

    assert_read_in_order(plan, LISTS[path])
    assert (answer["total"], answer["total_is_capped"]) == (10_000, True)
    assert (count["Node Type"], limit["Node Type"], limit["Plan Rows"]) == ("Aggregate", "Limit", 10_001)
    assert not [node for node in nodes(count) if "Sort" in node["Node Type"]]


@pytest.mark.parametrize("path", LISTS)
def test_a_page_in_the_middle_is_read_in_the_order_of_an_index(read, plan_of, middle, path):
    _, statements = read(path, cursor=middle(path))
    scan = assert_read_in_order(plan_of(statements[-1]), LISTS[path])

    # 21 rows may be in 21 blocks of the table; a scan that begins elsewhere than at the cursor reads hundreds.
    assert scan["Shared Hit Blocks"] + scan["Shared Read Blocks"] < 50


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path, expected in LISTS.items() for name in expected.filters]
)
def test_a_filter_never_reads_a_whole_table(read, plan_of, path, name):
    _, statements = read(path, **{name: LISTS[path].filters[name]})
    assert_little_is_read(statements, plan_of, LISTS[path].table)


@pytest.mark.parametrize(
    ("path", "name"), [(path, name) for path in LISTS for name in SOUGHT if name in LISTS[path].filters]
)
def test_what_is_in_no_row_is_not_looked_for_in_each(read, plan_of, path, name):
    answer, statements = read(path, may_be_empty=True, **{name: "zebra"})

    assert answer["total"] == 0
    assert_little_is_read(statements, plan_of, LISTS[path].table)


@pytest.mark.parametrize(("word", "most"), [("zebra", 0), ("flies", 0), ("common", 2_000)])
def test_the_search_passes_few_rows_however_common_the_word(reader, sent, plan_of, word, most):
    del sent[:]
    reader.get("/api/search", query_string={"q": word})

    plans = [plan_of(statement) for statement in list(sent) if "ts_rank" in statement[0]]
    read = [node for plan in plans for node in nodes(plan) if "Relation Name" in node]
    assert len(plans) == 4
    assert max(rows_passed(node) for node in read) <= most


@pytest.mark.parametrize("name", SOUGHT)
def test_what_is_in_most_rows_is_read_in_the_lists_order(read, plan_of, name):
    path = "/api/decisions" if name == "tag" else "/api/status"
    answer, statements = read(path, **{name: "common"})

    assert answer["total_is_capped"]
    plan = plan_of(statements[-1])
    (walk,) = (scan for scan in scans(plan, LISTS[path].table) if scan.get("Index Name") == LISTS[path].index)
    assert walk["Actual Rows"] == 21  # whatever PostgreSQL was told


@pytest.mark.parametrize("path", LISTS)
def test_twenty_rows_cost_no_more_statements_than_two(read, path):
    expected = LISTS[path]
    few, for_few = read(path, limit=2)
    many, for_many = read(path, limit=20)

    assert (len(few["items"]), len(many["items"])) == (2, 20)
    assert len(people_in(many["items"])) > (15 if expected.nests_people else -1)
    assert len(for_few) == len(for_many) == expected.statements
