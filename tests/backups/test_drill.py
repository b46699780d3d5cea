"""asyncops restore --drill"""

import io
import signal
import subprocess
import zipfile

import psycopg
import pytest

from asyncops.backup import archive
from tests.waiting import HANG, eventually

from .conftest import server_of

DRILLS = "SELECT datname FROM pg_database WHERE starts_with(datname, 'asyncops_drill_')"


@pytest.fixture(autouse=True)
def _leaves_nothing(request, servers):
    """No drill leaves its database, however it ends."""
    yield
    with psycopg.connect(servers.database_url.replace("+psycopg", "")) as connection:
        assert connection.execute(DRILLS).fetchall() == []


def test_a_good_backup_is_shown_to_be_good_and_the_live_data_stays(run, live, demo_backup, contents):
    live.execute("DELETE FROM notifications")
    before = contents(live)

    done = run(live, "restore", "--drill", demo_backup)

    assert done.code == 0, done.error
    with archive.read(demo_backup) as backup:
        for table, count in backup.manifest.rows.items():
            assert any(line.split() == [table, f"{count:,}", f"{count:,}"] for line in done.output.splitlines())
    assert "This backup can be restored." in done.output
    assert contents(live) == before


def test_it_runs_beside_a_site_at_work(run, live, demo_backup):
    with live.connect(application_name="the site") as site:
        site.execute("UPDATE users SET timezone = 'UTC'")

        assert run(live, "restore", "--drill", demo_backup).code == 0


def test_another_count_than_was_recorded_fails(run, demo, demo_backup, tmp_path):
    path = tmp_path / "tampered.zip"
    with zipfile.ZipFile(demo_backup) as good, zipfile.ZipFile(path, "w") as bad:
        manifest = good.read("manifest.json").decode()
        assert '"users": 10' in manifest
        bad.writestr("manifest.json", manifest.replace('"users": 10', '"users": 11'))
        bad.writestr("database.dump", good.read("database.dump"))

    done = run(demo, "restore", "--drill", path)

    assert done.code == 1
    assert "problem  users has 10 rows, and 11 were recorded." in done.output
    assert "can be restored" not in done.output


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (
            "ALTER TABLE activity DISABLE TRIGGER append_only_rows",
            "trigger activity.append_only_rows ALWAYS is missing.",
        ),
        ("DROP TRIGGER append_only_table ON activity", "trigger activity.append_only_table ALWAYS is missing."),
        ("DROP INDEX ix_users_full_name", "index ix_users_full_name is missing."),
        ("ALTER TABLE users DROP CONSTRAINT ck_users_role", "constraint users.ck_users_role is missing."),
    ],
)
def test_what_keeps_the_rows_right_must_come_back_too(run, live, demo_backup, tmp_path, damage, problem):
    """The recorded names of a good database, with the dump of one that lacks something."""
    live.execute(damage)
    run(live, "backup", tmp_path / "lacking.zip")
    dump = zipfile.ZipFile(tmp_path / "lacking.zip").read("database.dump")
    with archive.read(demo_backup) as good, (tmp_path / "mixed.zip").open("wb") as file:
        archive.write(file, good.manifest, lambda to: to.write(io.BytesIO(dump).getvalue()))

    done = run(live, "restore", "--drill", tmp_path / "mixed.zip")

    assert done.code == 1
    assert f"problem  {problem}" in done.output


def test_a_ledger_that_was_not_guarded_when_it_was_backed_up_fails(run, live, tmp_path):
    live.execute("ALTER TABLE activity ENABLE TRIGGER append_only_rows")  # a session could switch it off
    run(live, "backup", tmp_path / "one.zip")

    done = run(live, "restore", "--drill", tmp_path / "one.zip")

    assert done.code == 1
    assert "problem  activity is not append-only: a trigger is missing or switched off." in done.output


def test_a_constraint_that_rows_may_break_fails(run, live, tmp_path):
    live.execute("ALTER TABLE users ADD CONSTRAINT ck_users_late CHECK (id > 5) NOT VALID")
    run(live, "backup", tmp_path / "one.zip")

    done = run(live, "restore", "--drill", tmp_path / "one.zip")

    assert done.code == 1
    assert "problem  constraint users.ck_users_late NOT VALID: rows may be there that break it." in done.output


def test_a_dump_that_cannot_be_restored_fails(run, demo, demo_backup, tmp_path):
    with archive.read(demo_backup) as good, (tmp_path / "cut.zip").open("wb") as file:
        archive.write(
            file, good.manifest, lambda to: to.write(zipfile.ZipFile(demo_backup).read("database.dump")[:9000])
        )

    done = run(demo, "restore", "--drill", tmp_path / "cut.zip")

    assert done.code == 1
    assert done.error.startswith("The restore failed")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_a_drill_that_is_ended_leaves_no_database_or_the_next_one_removes_it(
    command, run, servers, demo, demo_backup, number
):
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as admin:
        process = subprocess.Popen(**command(demo, "restore", "--drill", demo_backup), stdout=subprocess.DEVNULL)
        eventually(lambda: admin.execute(DRILLS).fetchall() or process.poll() is not None, "the drill's database")
        assert process.poll() is None
        process.send_signal(number)
        process.wait(HANG)
        left = len(admin.execute(DRILLS).fetchall())

    assert left == (1 if number == signal.SIGKILL else 0)
    done = run(demo, "restore", "--drill", demo_backup)
    assert (done.code, done.error) == (0, "")


def test_an_interrupt_leaves_no_half_session(demo, monkeypatch):
    made, connect = [], psycopg.connect

    def interrupted(**how):
        signal.raise_signal(signal.SIGINT)
        made.append(connect(**how))
        return made[0]

    monkeypatch.setattr(psycopg, "connect", interrupted)
    with pytest.raises(KeyboardInterrupt), server_of(demo).connect():
        pass
    made[0].close()


def test_one_drill_at_a_time(run, demo, demo_backup):
    with demo.connect() as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", (0x5D52,))

        done = run(demo, "restore", "--drill", demo_backup)

    assert (done.code, done.error) == (1, "Another drill is under way on this database. Wait until it has ended")


def test_a_drill_overwrites_nothing(run, demo, demo_backup):
    done = run(demo, "restore", "--drill", "--force", demo_backup)

    assert done.code == 2
    assert "say either --drill or --force" in done.error
