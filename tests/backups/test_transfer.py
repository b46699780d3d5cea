"""asyncops export and asyncops import"""

import json
import random
import signal
import stat
import subprocess

import pytest
from sqlalchemy import Column, Integer, Numeric, Table

from asyncops import migrating
from asyncops.backup.layout import layouts
from asyncops.backup.values import kind_of
from asyncops.database import Model
from tests.waiting import eventually

NASTY = [
    "", "\\", "\\.", "\\N", "\\x41", "\t", "\r\n", "\n", '"', "'", "''", "$$", "{}", "{NULL}", "NULL", ",", "%s", ":x",
    "\x01", "\x7f", "\x85", "\u00a0", "\u2028", "\ufeff", "\ufffd", "\uffff", "a\u0301", "\u202edrawkcab", "👩‍👩‍👧",
    "\U0001d54f", "ß", "İ",
]  # fmt: skip
NUMBERS = [
    "0",
    "-0",
    "2.50",
    "1e400",
    "-1e-300",
    "12345678901234567890123",
    "0.10000000000000000000001",
    "1E2",
    "9007199254740993",
]


@pytest.fixture
def nasty(live):
    """Rows that a careless writer or reader would change."""
    dice = random.Random(7)

    def text(least=0):
        return "".join(dice.choices(NASTY, k=dice.randint(least, 6)))

    def value(depth=0):
        kind = dice.randint(0, 5 if depth < 4 else 3)
        if kind == 0:
            return dice.choice(["null", "true", "false"])
        if kind == 1:
            return dice.choice(NUMBERS)
        if kind < 4:
            return json.dumps(text())
        items = [value(depth + 1) for _ in range(dice.randint(0, 3))]
        return (
            f"[{','.join(items)}]"
            if kind == 4
            else "{" + ",".join(f"{json.dumps(text())}:{item}" for item in items) + "}"
        )

    moments = [
        "0001-01-01 00:00:00Z",
        "9999-12-31 23:59:59.999999Z",
        "2026-01-01 00:00:00.1Z",
        "1969-12-31 23:59:59+05",
    ]
    with live.connect() as connection:
        (user,) = connection.execute("SELECT min(id) FROM users").fetchone()
        for _ in range(300):
            connection.execute(
                "INSERT INTO status_updates (user_id, title, content, tags, created_at) VALUES (%s, %s, %s, %s, %s)",
                (user, "T" + text(), "C" + text(), [text() for _ in range(dice.randint(0, 4))], dice.choice(moments)),
            )
            connection.execute(
                "INSERT INTO activity (action, subject_type, subject_id, subject_title, changes) "
                "VALUES ('x', 'x', 1, %s, %s)",
                (text(), value()),
            )
        for key in ("a", "B", "_", "Ä", "~", "aa"):
            connection.execute(
                "INSERT INTO idempotency_keys (user_id, route, key, request_hash, status, answer) "
                "VALUES (%s, 'r', %s, %s, 1, %s)",
                (user, key, bytes(range(256)), dice.randbytes(50)),
            )
        connection.execute("INSERT INTO revoked_tokens VALUES (gen_random_uuid(), %s, now())", (user,))
        connection.execute(
            "INSERT INTO notification_preferences (user_id, choices, quiet_start, quiet_end) "
            "VALUES (%s, '{}', '00:00', '23:59:59.5')",
            (user,),
        )
        # Points forward: to a row that comes later.
        connection.execute(
            "INSERT INTO deliveries (recipient_id, notification_id, channel, event) "
            "SELECT recipient_id, id, 'email', event FROM notifications ORDER BY id LIMIT 5"
        )
        connection.execute("UPDATE deliveries SET batch_id = (SELECT max(id) FROM deliveries)")
    return live


def test_export_import_export_gives_the_same_bytes(run, demo, demo_export, empty, contents):
    done = run(empty, "import", demo_export)

    assert done.code == 0, done.error
    assert contents(empty) == demo_export.read_bytes() == contents(demo)


def test_nothing_that_can_be_written_is_changed_on_the_way(run, nasty, empty, tmp_path, contents):
    (path := tmp_path / "nasty.jsonl").write_bytes(contents(nasty))

    done = run(empty, "import", path)

    assert done.code == 0, done.error
    assert contents(empty) == path.read_bytes()
    for table in ("status_updates", "activity", "users", "idempotency_keys", "deliveries"):
        digest = f"SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {table} t"
        assert empty.value(digest) == nasty.value(digest), table


def test_an_export_is_for_its_owner_alone_and_holds_all_tables_in_the_order_of_their_keys(demo_export):
    assert stat.S_IMODE(demo_export.stat().st_mode) == 0o600
    lines = [json.loads(line) for line in demo_export.read_bytes().splitlines()]
    header, *rows, end = lines
    assert header == {
        "format": "asyncops-export",
        "version": 1,
        "revision": migrating.head(),
        "sequences": header["sequences"],
    }
    assert set(end["rows"]) == set(Model.metadata.tables)
    assert sum(end["rows"].values()) == len(rows)
    order = list(dict.fromkeys(row["table"] for row in rows))
    assert order == [table for table in layouts() if table in order]
    for table in order:
        ids = [row["row"]["id"] for row in rows if row["table"] == table]
        assert ids == sorted(ids)
    assert all(list(row["row"]) == sorted(row["row"]) for row in rows)


def test_people_sign_in_as_before_and_numbers_are_not_given_twice(run, live, empty, tmp_path, contents):
    insert = "INSERT INTO status_updates (user_id, title, content) SELECT min(id), 'x', 'x' FROM users RETURNING id"
    gone = live.value(insert)
    live.execute("DELETE FROM status_updates WHERE id = %s", gone)
    (path := tmp_path / "all.jsonl").write_bytes(contents(live))

    run(empty, "import", path)

    assert empty.value(insert) == gone + 1
    hashes = "SELECT string_agg(password_hash, ',' ORDER BY id) FROM users"
    assert empty.value(hashes) == live.value(hashes)
    with pytest.raises(Exception, match="append-only"):
        empty.execute("DELETE FROM activity")


def test_importing_twice_is_refused(run, empty, demo_export, contents):
    run(empty, "import", demo_export)

    again = run(empty, "import", demo_export)

    assert again.code == 1
    assert again.error.startswith("The database is not empty: there are rows in activity, ")
    assert contents(empty) == demo_export.read_bytes()


def test_a_database_with_rows_is_refused_before_it_is_touched(run, live, demo_export):
    live.execute("DROP TABLE webhook_deliveries, webhook_secrets, webhooks")
    live.execute("UPDATE alembic_version SET version_num = '0011'")

    assert run(live, "import", demo_export).error.startswith("The database is not empty: ")
    assert live.value("SELECT version_num FROM alembic_version") == "0011"


def test_an_export_beside_writers_is_of_one_moment(run, command, live, empty, tmp_path):
    path = tmp_path / "busy.jsonl"
    with live.connect(autocommit=True) as writer:
        exporting = subprocess.Popen(**command(live, "export", path), stdout=subprocess.DEVNULL)
        while exporting.poll() is None:
            writer.execute(
                "WITH u AS (INSERT INTO users (email, password_hash, full_name) VALUES (gen_random_uuid(), '', 'x') "
                "RETURNING id) INSERT INTO status_updates (user_id, title, content) SELECT id, 'x', 'x' FROM u"
            )

    assert exporting.returncode == 0
    assert run(empty, "import", path).code == 0


def edited(lines, number, **changes):
    line = json.loads(lines[number - 1])
    line.get("row", line).update(changes)
    lines[number - 1] = json.dumps(line).encode() + b"\n"


def swap_tables(lines):
    lines.insert(200, lines.pop(1))


BROKEN = {
    "no JSON": (lambda lines: lines.__setitem__(4, b'{"row": \n'), "Line 5: it is no JSON in UTF-8"),
    "no UTF-8": (lambda lines: lines.__setitem__(4, b'{"row": "\xff"}\n'), "Line 5: it is no JSON in UTF-8"),
    "no object": (lambda lines: lines.__setitem__(4, b"[]\n"), "Line 5: it is no object"),
    "no row": (lambda lines: lines.__setitem__(4, b"{}\n"), "Line 5: it is no row of a table"),
    "nested without end": (lambda lines: lines.__setitem__(4, b"[" * 10**6 + b"\n"), "Line 5: it is no JSON in UTF-8"),
    "another format": (lambda lines: edited(lines, 1, format="x"), "Line 1: this is no export of AsyncOps"),
    "another version": (
        lambda lines: edited(lines, 1, version=2),
        "Line 1: it is of format version 2, and this release reads 1",
    ),
    "another revision": (
        lambda lines: edited(lines, 1, revision="9999"),
        f"Line 1: it was made at revision 9999, and this release is at {migrating.head()}.",
    ),
    "other sequences": (lambda lines: edited(lines, 1, sequences={"pets": 1}), "Line 1: its sequences are not those"),
    "an unknown table": (
        lambda lines: lines.__setitem__(4, b'{"row": {}, "table": "pets"}\n'),
        "Line 5: there is no table 'pets'",
    ),
    "an unknown column": (lambda lines: edited(lines, 5, pet="x"), "Line 5: users has no column 'pet'"),
    "a missing column": (
        lambda lines: lines.__setitem__(4, b'{"row": {"id": 4}, "table": "users"}\n'),
        "Line 5: users wants the column 'created_at'",
    ),
    "a text for a number": (lambda lines: edited(lines, 5, version="1"), "Line 5: users.version is not a whole number"),
    "a flag for a number": (
        lambda lines: edited(lines, 5, version=True),
        "Line 5: users.version is not a whole number",
    ),
    "a number for a text": (lambda lines: edited(lines, 5, email=1), "Line 5: users.email is not a text"),
    "nothing where something must be": (
        lambda lines: edited(lines, 5, email=None),
        "Line 5: users.email is not a text",
    ),
    "another way to write a time": (
        lambda lines: edited(lines, 5, created_at="2026-01-01T00:00:00+01:00"),
        "Line 5: users.created_at is not a moment in UTC",
    ),
    "a day that is none": (
        lambda lines: edited(lines, 5, created_at="2026-02-30T00:00:00.000000Z"),
        "Line 5: users.created_at is not a moment in UTC",
    ),
    "a NUL": (lambda lines: edited(lines, 5, email="a\0b"), "Line 5: users.email has a character that PostgreSQL"),
    "half a character": (lambda lines: edited(lines, 5, email="\ud800"), "Line 5: users.email has a character that"),
    "too long": (
        lambda lines: edited(lines, 5, timezone="x" * 65),
        "Line 5: value too long for type character varying",
    ),
    "too large": (lambda lines: edited(lines, 5, version=10**12), "Line 5: "),
    "against a rule": (lambda lines: edited(lines, 5, role="king"), "Line 5: new row for relation"),
    "twice": (lambda lines: lines.insert(5, lines[4]), "Line 6: duplicate key value violates unique constraint"),
    "to nobody": (lambda lines: edited(lines, 150, user_id=999), "Table status_updates: insert or update on table"),
    "tables mixed": (swap_tables, "Line 201: the rows of users must stand together"),
    "a line too few": (lambda lines: lines.pop(20), "the file has not the rows that its last line counts"),
    "cut at a line's end": (lambda lines: lines.pop(), "The file is cut off after line "),
    "cut within a line": (lambda lines: lines.__setitem__(-1, lines[-1][:40]), "it is no JSON in UTF-8"),
    "going on after the end": (lambda lines: lines.append(lines[-1]), "the file goes on after its end"),
    "empty": (lambda lines: lines.clear(), "Line 1: this is no export of AsyncOps"),
}


@pytest.fixture(scope="session")
def migrated(make_database, run):
    """A database with tables and without rows."""
    database = make_database()
    assert run(database, "migrate").code == 0
    return database


@pytest.mark.parametrize(("damage", "sentence"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_its_line_and_leaves_nothing(
    read_export, migrated, demo_export, tmp_path, damage, sentence
):
    lines = demo_export.read_bytes().splitlines(keepends=True)
    damage(lines)
    (path := tmp_path / "broken.jsonl").write_bytes(b"".join(lines))

    error = read_export(migrated, path)

    assert sentence in error
    assert "$2b$" not in error
    for table in Model.metadata.tables:
        assert migrated.value(f"SELECT count(*) FROM {table}") == 0, table


def test_an_import_that_is_killed_leaves_nothing(command, migrated, demo_export):
    with migrated.connect() as holder:
        holder.execute("LOCK TABLE notifications IN ROW EXCLUSIVE MODE; LOCK TABLE notifications IN SHARE MODE")
        process = subprocess.Popen(**command(migrated, "import", demo_export), stdout=subprocess.DEVNULL)
        waiting = "SELECT FROM pg_locks WHERE NOT granted AND relation = 'notifications'::regclass"
        eventually(lambda: holder.execute(waiting).fetchall(), "the import")
        process.send_signal(signal.SIGKILL)
        process.wait(30)

    assert migrated.value("SELECT count(*) FROM users") == 0


def test_a_database_of_another_revision_is_not_exported(run, live, tmp_path):
    live.execute("UPDATE alembic_version SET version_num = '0001'")

    done = run(live, "export", tmp_path / "one.jsonl")

    assert done.code == 1
    assert done.error.startswith("The database is at revision 0001, and this release is at ")
    assert list(tmp_path.iterdir()) == []


def test_every_column_of_every_table_has_a_way_into_the_file():
    for table in Model.metadata.tables.values():
        computed = {column.name for column in table.columns if column.computed is not None}
        assert set(layouts()[table.name].kinds) == set(table.columns.keys()) - computed


def test_a_type_that_nobody_thought_of_is_an_error_and_no_guess():
    table = Table("prices", Model.metadata.__class__(), Column("id", Integer), Column("price", Numeric))

    with pytest.raises(TypeError, match=r"prices.price has the type NUMERIC"):
        kind_of(table.c.price)


def test_at_rest_this_machines_own_database_is_started_for_the_command(run_at_rest, demo_export, tmp_path):
    assert run_at_rest("import", demo_export).code == 0
    exported = run_at_rest("export", tmp_path / "again.jsonl")

    assert exported.code == 0, exported.error
    assert (tmp_path / "again.jsonl").read_bytes() == demo_export.read_bytes()
    assert not (tmp_path / "data" / "postgres" / "postmaster.pid").exists(), "it was left running"
