"""asyncops backup"""

import contextlib
import os
import signal
import stat
import subprocess
import threading
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from asyncops.backup import archive
from asyncops.backup.errors import BackupError
from asyncops.backup.files import STAMP, age_of_newest
from asyncops.backup.server import Server, major_version, program
from asyncops.embedded import postgres_binary
from tests.waiting import eventually


def command_lines():
    """Of all processes, as anybody on the machine sees them."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(path.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return found


UPDATE = "INSERT INTO status_updates (user_id, title, content) SELECT min(id), 'Busy', 'x' FROM users"


def test_it_says_what_is_in_it_and_nobody_else_may_read_it(run, demo, tmp_path):
    done = run(demo, "backup", tmp_path / "one.zip")

    count = demo.value("SELECT count(*) FROM activity")
    assert done.code == 0
    assert f"activity              {count:>9,}" in done.output
    path = tmp_path / "one.zip"
    assert done.output.endswith(f"{path}   {path.stat().st_size:,} bytes")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with archive.read(path) as backup:
        assert backup.manifest.rows["activity"] == count
        assert backup.manifest.revision == demo.value("SELECT version_num FROM alembic_version")


def test_without_a_name_it_goes_to_the_data_folder_under_the_time(run, demo, tmp_path):
    before = datetime.now(UTC).replace(microsecond=0)

    assert run(demo, "backup", DATA_DIR=str(tmp_path)).code == 0

    (path,) = (tmp_path / "backups").iterdir()
    made = datetime.strptime(path.name, f"asyncops-{STAMP}.zip").replace(tzinfo=UTC)
    assert before <= made <= datetime.now(UTC)
    assert stat.S_IMODE((tmp_path / "backups").stat().st_mode) == 0o700
    assert age_of_newest(str(tmp_path)) < timedelta(minutes=1)


def test_what_people_write_meanwhile_is_wholly_in_it_or_not_at_all(run, live, tmp_path):
    """The counts and the dump are of one moment: else the drill would find other counts."""
    stop, written = threading.Event(), 0

    def write():
        nonlocal written
        with live.connect(autocommit=True) as connection:
            while not stop.is_set():
                connection.execute(UPDATE)
                written += 1

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        made = run(live, "backup", tmp_path / "busy.zip")
    finally:
        stop.set()
        for writer in writers:
            writer.join()

    drilled = run(live, "restore", "--drill", tmp_path / "busy.zip")
    assert made.code == 0, made.error
    assert written > 100
    assert drilled.code == 0, drilled.output
    with archive.read(tmp_path / "busy.zip") as backup:
        count = backup.manifest.rows["status_updates"]
    assert count < live.value("SELECT count(*) FROM status_updates"), "nothing was written after the snapshot"


@pytest.fixture
def held_up(live):
    """A database whose dump does not come to an end: pg_dump waits for a sequence that is about to go."""
    live.execute("CREATE SEQUENCE zz_going")
    with live.connect() as connection:
        connection.execute("DROP SEQUENCE zz_going")
        live.let_go = connection.rollback
        yield live


def test_the_password_is_in_no_command_line_and_in_no_output(command, held_up, tmp_path):
    process = subprocess.Popen(
        **command(held_up, "backup", tmp_path / "one.zip"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    eventually(lambda: [line for line in command_lines() if "--format=custom" in line], "pg_dump")
    password = held_up.psycopg_url.split(":")[2].split("@")[0]

    seen = "\n".join(command_lines())

    process.terminate()
    assert password not in seen
    assert password not in process.communicate(timeout=30)[0].decode()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_backup_that_is_ended_leaves_no_file_under_its_name(command, run, demo, tmp_path, number, held_up):
    path = tmp_path / "out" / "cut.zip"
    process = subprocess.Popen(**command(held_up, "backup", path), stdout=subprocess.DEVNULL)
    stranger = tmp_path / "out" / ".somebody-elses.partial"
    eventually(lambda: list(tmp_path.glob("out/.*.asyncops-partial")), "the unfinished file")

    process.send_signal(number)
    process.wait(30)

    assert not path.exists()
    left = list(path.parent.iterdir())
    assert len(left) == (1 if number == signal.SIGKILL else 0)
    stranger.touch()
    for file in (*left, stranger):
        os.utime(file, (0, 0))
    assert run(demo, "backup", path).code == 0
    assert set(path.parent.iterdir()) == {path, stranger}


def test_a_name_that_is_taken_stays_as_it_is(run, demo, tmp_path):
    (path := tmp_path / "mine.zip").write_text("mine")

    done = run(demo, "backup", path)

    assert (done.code, done.error) == (1, f"{path} is there already, and stays as it is. Name another file")
    assert path.read_text() == "mine"


def test_a_folder_that_cannot_be_written_to_is_one_line(run, demo, tmp_path):
    (tmp_path / "file").touch()

    done = run(demo, "backup", tmp_path / "file" / "one.zip")

    assert done.code == 1
    assert done.error == f"{tmp_path}/file/one.zip can't be written: its folder is a file"


def test_keep_removes_the_oldest_of_our_own_once_the_new_one_is_there(run, demo, empty, tmp_path):
    names = [f"asyncops-2026010{day}T000000Z.zip" for day in (1, 2, 3)]
    for name in (*names, "holiday.zip", "asyncops-old.zip"):
        (tmp_path / name).touch()

    failed = run(empty, "backup", tmp_path, "--keep", "2")
    after_failure = {path.name for path in tmp_path.iterdir()}
    done = run(demo, "backup", tmp_path, "--keep", "2")

    assert failed.code == 1
    assert set(names) <= after_failure
    assert done.output.splitlines()[-2:] == [f"Removed {names[1]}", f"Removed {names[0]}"]
    left = {path.name for path in tmp_path.iterdir()}
    assert {names[2], "holiday.zip", "asyncops-old.zip"} < left
    assert len(left) == 4


def test_keep_needs_a_folder_of_backups(run, demo, tmp_path):
    done = run(demo, "backup", tmp_path / "one.zip", "--keep", "2")

    assert done.code == 2
    assert "--keep is for a folder of backups" in done.error
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_is_away_or_empty_is_one_line_and_no_file(run, demo, empty, tmp_path):
    away = run(demo, "backup", tmp_path / "one.zip", DATABASE_URL="postgresql://nobody:secret@127.0.0.1:1/none")
    nothing = run(empty, "backup", tmp_path / "one.zip")

    assert away.code == 1
    assert away.error.startswith("The database can't be reached: ")
    assert "secret" not in away.error
    assert (nothing.code, nothing.error) == (1, "The database has no tables of AsyncOps. Run `asyncops migrate` first")
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_readable_without_us(demo_backup, tmp_path):
    with zipfile.ZipFile(demo_backup) as file:
        assert file.namelist() == ["manifest.json", "database.dump"]
        assert file.read("database.dump").startswith(b"PGDMP")
    assert Path(demo_backup).stat().st_size > 10_000


def test_pg_restore_alone_restores_it(demo_backup, empty, demo, tmp_path, contents):
    """As docs/backups.md says."""
    with zipfile.ZipFile(demo_backup) as file:
        file.extract("database.dump", tmp_path)
    options = ["--no-owner", "--no-privileges", "--schema=public", "--single-transaction"]

    subprocess.run(
        [postgres_binary("pg_restore"), *options, f"--dbname={empty.psycopg_url}", tmp_path / "database.dump"],
        check=True,
    )

    assert contents(empty) == contents(demo)


def test_a_dump_that_fails_is_one_line_and_no_file(command, held_up, tmp_path):
    process = subprocess.Popen(
        **command(held_up, "backup", tmp_path / "one.zip"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    with held_up.connect(autocommit=True) as other:
        dumping = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        eventually(lambda: other.execute(dumping).fetchall(), "pg_dump")
    _, error = process.communicate(timeout=30)

    assert process.returncode == 1
    assert error.startswith("The backup failed, and no file was made: pg_dump: ")
    assert len(error.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["pg_dump", "pg_restore", "psql"])
def test_the_programs_are_of_the_servers_version_or_it_is_said_what_to_install(demo, name):
    with demo.connect() as connection:
        assert program(name, major_version(connection)).name == name

    with pytest.raises(BackupError) as refused:
        program(name, 99)

    assert f"The server is PostgreSQL 99, and its {name} is needed; " in str(refused.value)
    assert "is of 18" in str(refused.value)
    assert "(Debian: postgresql-client-99)" in str(refused.value)


def test_what_the_url_says_reaches_the_programs_by_their_environment():
    server = Server({"host": "127.0.0.1", "password": "one", "sslmode": "disable"})

    assert {"PGHOST": "127.0.0.1", "PGPASSWORD": "one", "PGSSLMODE": "disable"}.items() <= server.environment().items()


def test_a_password_that_could_only_go_onto_a_command_line_is_refused():
    with pytest.raises(BackupError, match="they can't be given sslpassword, which is in DATABASE_URL"):
        Server({"host": "127.0.0.1", "sslpassword": "one"}).environment()


def test_of_two_for_one_name_the_second_is_refused(command, held_up, tmp_path):
    path = tmp_path / "one.zip"
    process = subprocess.Popen(
        **command(held_up, "backup", path), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    eventually(lambda: list(tmp_path.glob(".*.asyncops-partial")), "the unfinished file")
    path.write_text("first")
    held_up.let_go()
    _, error = process.communicate(timeout=30)

    assert error.strip() == f"{path} was made meanwhile, and stays as it is. Name another file"
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("one.zip", "first")]


def test_a_service_of_the_operators_is_not_dumped_instead(run, demo, tmp_path):
    (tmp_path / "services").write_text("[other]\nhost=127.0.0.1\nport=1\n")

    done = run(demo, "backup", tmp_path / "one.zip", PGSERVICE="other", PGSERVICEFILE=str(tmp_path / "services"))

    assert done.code == 0, done.error
