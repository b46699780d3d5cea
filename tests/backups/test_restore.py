"""asyncops restore"""

import io
import signal
import subprocess
import zipfile
from pathlib import Path

import psycopg
import pytest

from asyncops.backup import archive
from asyncops.migrating import LOCK
from tests.waiting import eventually


@pytest.fixture
def changed_backup(demo_backup, tmp_path):
    """The demo's backup with another manifest or another dump, and checksums that are right."""

    def changed_backup(dump=None, **manifest):
        path = tmp_path / "changed.zip"
        with archive.read(demo_backup) as good, path.open("wb") as file:
            (content := io.BytesIO()).write(dump or zipfile.ZipFile(demo_backup).read("database.dump"))
            fields = {name: getattr(good.manifest, name) for name in archive.Manifest.__dataclass_fields__}
            archive.write(file, archive.Manifest(**fields | manifest), lambda to: to.write(content.getvalue()))
        return path

    return changed_backup


def test_what_was_backed_up_is_what_is_restored(run, empty, demo, demo_backup, contents):
    done = run(empty, "restore", demo_backup)

    assert done.code == 0, done.error
    assert "Restored as of " in done.output
    assert contents(empty) == contents(demo)


def test_numbers_go_on_after_the_last_record_also_one_that_is_gone(run, live, empty, tmp_path):
    insert = "INSERT INTO status_updates (user_id, title, content) SELECT min(id), 'x', 'x' FROM users RETURNING id"
    gone = live.value(insert)
    live.execute("DELETE FROM status_updates WHERE id = %s", gone)
    run(live, "backup", tmp_path / "one.zip")

    assert run(empty, "restore", tmp_path / "one.zip").code == 0

    assert empty.value(insert) == gone + 1


def test_the_ledger_refuses_changes_after_a_restore(run, empty, demo_backup):
    run(empty, "restore", demo_backup)

    for statement in ("DELETE FROM activity", "UPDATE activity SET action = 'x'", "TRUNCATE activity CASCADE"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="activity is append-only"):
            empty.execute(statement)
    enabled = empty.execute(
        "SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'activity'::regclass AND NOT tgisinternal"
    )
    assert enabled == [("A",), ("A",)], "a session could switch them off"


def test_a_database_with_rows_is_only_replaced_when_asked(run, live, demo, demo_backup, contents):
    live.execute("DELETE FROM notifications")
    before = contents(live)

    refused = run(live, "restore", demo_backup)

    assert refused.code == 1
    assert refused.error.startswith("The database is not empty: there are rows in activity, blockers, ")
    assert contents(live) == before
    assert run(live, "restore", "--force", demo_backup).code == 0
    assert contents(live) == contents(demo)


def test_it_is_refused_while_others_are_connected(run, empty, demo_backup):
    with empty.connect(application_name="the site"):
        refused = run(empty, "restore", demo_backup)

        assert refused.code == 1
        assert refused.error == (
            "Others are connected to the database: the site. Stop web, worker and scheduler first. If these are not "
            "ours, say --force"
        )
        assert run(empty, "restore", "--force", demo_backup).code == 0


def test_what_a_newer_release_has_added_goes_with_the_rest(run, live, demo, demo_backup, contents):
    """Else tables of later revisions would stand in the way, of this restore or of the next migration."""
    live.execute("CREATE TYPE mood AS ENUM ('good'); CREATE VIEW people AS SELECT id FROM users")
    live.execute("CREATE TABLE notes (id serial PRIMARY KEY, user_id integer REFERENCES users (id), mood mood)")
    live.execute("CREATE FUNCTION one() RETURNS integer LANGUAGE sql AS 'SELECT 1'")

    assert run(live, "restore", "--force", demo_backup).code == 0

    assert contents(live) == contents(demo)
    assert live.value("SELECT to_regclass('notes') IS NULL AND to_regclass('people') IS NULL")
    assert live.value("SELECT to_regtype('mood') IS NULL AND to_regproc('one') IS NULL")


def test_a_backup_of_an_older_release_is_migrated(run, live, empty, demo, tmp_path):
    head = demo.value("SELECT version_num FROM alembic_version")
    live.execute("DROP TABLE webhook_deliveries, webhook_secrets, webhooks")
    live.execute("UPDATE alembic_version SET version_num = '0011'")
    run(live, "backup", tmp_path / "old.zip")

    done = run(empty, "restore", tmp_path / "old.zip")

    assert done.code == 0, done.error
    assert empty.value("SELECT version_num FROM alembic_version") == head
    assert empty.value("SELECT count(*) FROM webhooks") == 0


def test_a_backup_of_a_newer_release_is_refused(run, live, changed_backup, contents):
    before = contents(live)

    done = run(live, "restore", "--force", changed_backup(revision="9999"))

    assert done.code == 1
    assert "was made by a newer release: this one does not know its revision 9999." in done.error
    assert contents(live) == before


def test_a_backup_of_a_newer_server_is_refused(run, empty, changed_backup):
    done = run(empty, "restore", changed_backup(postgresql=99))

    assert done.code == 1
    assert "was made on PostgreSQL 99, and this server is PostgreSQL " in done.error


@pytest.mark.parametrize("part", [0, 0.1, 0.5, 0.999])
def test_a_file_that_was_cut_changes_nothing(run, live, demo_backup, tmp_path, contents, part):
    before = contents(live)
    whole = demo_backup.read_bytes()
    (cut := tmp_path / "cut.zip").write_bytes(whole[: int(len(whole) * part)])

    done = run(live, "restore", "--force", cut)

    assert (done.code, done.error) == (1, f"{cut} is no whole backup: it is cut off, damaged or something else")
    assert contents(live) == before


def test_one_wrong_byte_changes_nothing(run, live, demo_backup, tmp_path, contents):
    before = contents(live)
    content = bytearray(demo_backup.read_bytes())
    content[len(content) // 2] ^= 1
    (damaged := tmp_path / "damaged.zip").write_bytes(content)

    done = run(live, "restore", "--force", damaged)

    assert (done.code, done.error) == (
        1,
        f"{damaged} is damaged at database.dump: its checksum is wrong. Use another backup",
    )
    assert contents(live) == before


def test_a_dump_that_ends_early_inside_a_whole_file_changes_nothing(run, live, demo_backup, changed_backup, contents):
    """What is read of it is restored within the transaction, which is never committed."""
    before = contents(live)
    dump = zipfile.ZipFile(demo_backup).read("database.dump")

    done = run(live, "restore", "--force", changed_backup(dump=dump[: len(dump) * 9 // 10]))

    assert done.code == 1
    assert done.error.startswith("The restore failed, and the database is as it was: pg_restore: error: ")
    assert contents(live) == before


def test_other_counts_than_were_recorded_change_nothing(run, live, demo_backup, changed_backup, contents):
    before = contents(live)
    with archive.read(demo_backup) as good:
        rows = good.manifest.rows | {"users": 1000}

    done = run(live, "restore", "--force", changed_backup(rows=rows))

    assert done.code == 1
    assert "users has not the 1000 rows that were recorded" in done.error
    assert contents(live) == before


@pytest.mark.parametrize(
    "content", [b"PK", b"{}", b'{"format": "other"}', b'{"format": "asyncops-backup", "version": 9}']
)
def test_another_file_is_no_backup(run, empty, tmp_path, content):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("manifest.json", content)

    done = run(empty, "restore", path)

    assert done.code == 1
    assert done.error.startswith(f"{path} is no backup that this release knows: ")


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_restore_that_is_ended_in_the_middle_changes_nothing(command, live, demo_backup, contents, number):
    before = contents(live)
    with live.connect() as holder:
        holder.execute("LOCK TABLE users IN ACCESS SHARE MODE")  # so that it comes to a stop in its transaction
        process = subprocess.Popen(**command(live, "restore", "--force", demo_backup), stdout=subprocess.DEVNULL)
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'users'::regclass"
        eventually(lambda: holder.execute(waiting).fetchone()[0])
        assert live.psycopg_url.split(":")[2].split("@")[0] not in (seen := command_lines_of_children(process.pid))
        assert "psql" in seen
        process.send_signal(number)
        process.wait(30)
    ours = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    eventually(lambda: live.value(ours) == 0)

    assert contents(live) == before


def test_one_at_a_time(run, empty, demo_backup):
    with empty.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (LOCK,))

        done = run(empty, "restore", demo_backup)

    assert (done.code, done.error) == (
        1,
        "A migration, a restore or an import is under way. Wait until it has ended",
    )


def command_lines_of_children(pid):
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return "\n".join(Path(f"/proc/{child}/cmdline").read_text() for child in [pid, *children])
