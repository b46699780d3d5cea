"""services(): PostgreSQL and Valkey for the length of a block."""

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from signal import SIGINT, SIGKILL

import psycopg
import pytest
import redis

from asyncops.embedded import EmbeddedError, Services, services
from asyncops.embedded.postgres import Postgres
from asyncops.embedded.running import lock
from asyncops.embedded.valkey import Valkey
from tests.waiting import eventually

from .processes import all_gone, descendants, program

ROOT = os.geteuid() == 0
as_root = pytest.mark.skipif(not ROOT, reason="only root has this choice")

HOLD_SERVICES = """
import sys, time
from pathlib import Path
from asyncops.embedded import services
with services(Path(sys.argv[1]), durable=False) as running:
    print(running.database_url, running.redis_url, "ready")
    time.sleep(1000)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with services(tmp_path_factory.mktemp("var"), durable=False) as found:
        yield found


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    with services(folder, durable=False):
        pass
    return folder


@pytest.fixture
def made(made_once: Path, tmp_path: Path) -> Path:
    """A data folder that was used before, to be changed at will."""
    return shutil.copytree(made_once, tmp_path / "made")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that everybody may enter, unlike pytest's own."""
    with tempfile.TemporaryDirectory(prefix="asyncops-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def query(database_url: str, statement: str) -> object:
    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def write(found: Services) -> None:
    query(found.database_url, "CREATE TABLE note AS SELECT 'kept' AS text")
    with redis.Redis.from_url(found.redis_url) as client:
        client.set("note", "kept")


def read(found: Services) -> tuple[object, object]:
    with redis.Redis.from_url(found.redis_url) as client:
        return query(found.database_url, "SELECT text FROM note"), client.get("note")


def handles(found: Services) -> tuple[Postgres, Valkey]:
    assert found.postgres is not None
    assert found.valkey is not None
    return found.postgres, found.valkey


def test_data_survives_a_stop_and_start_of_both(tmp_path: Path) -> None:
    with services(tmp_path / "var") as found:
        write(found)
        pids = {service.pid for service in handles(found)}

    assert all_gone(pids)()
    with services(tmp_path / "var") as found:
        assert read(found) == ("kept", b"kept")


def test_killed_servers_come_back_at_their_urls_with_their_data(tmp_path: Path) -> None:
    with services(tmp_path / "var") as found:
        write(found)

        for service in handles(found):
            service.kill()
            service.start()

        assert read(found) == ("kept", b"kept")


def test_a_stopped_server_does_not_answer_until_it_is_started(running: Services) -> None:
    _, valkey = handles(running)
    valkey.stop()
    with redis.Redis.from_url(running.redis_url) as client:
        with pytest.raises(redis.ConnectionError):
            client.ping()

        valkey.start()

        assert client.ping()


def test_a_server_whose_url_is_given_is_not_started(tmp_path: Path) -> None:
    with services(tmp_path, database_url="postgresql://there", redis_url="redis://there") as found:
        assert found == Services("postgresql://there", "redis://there", None, None)
        assert not (tmp_path / "postgres").exists()


def test_postgres_refuses_a_wrong_password(running: Services) -> None:
    postgres, _ = handles(running)

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        query(running.database_url.replace(postgres.password, "wrong"), "SELECT 1")


def test_nobody_signs_in_as_the_superuser(running: Services) -> None:
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry"):
        query(running.database_url.replace("//asyncops", "//postgres"), "SELECT 1")


@pytest.mark.parametrize("password", ["", ":wrong@"])
def test_valkey_refuses_a_wrong_password_and_none(running: Services, password: str) -> None:
    _, valkey = handles(running)

    with (
        redis.Redis.from_url(f"redis://{password}127.0.0.1:{valkey.port}/0") as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.ping()


def test_no_password_is_on_a_command_line(running: Services) -> None:
    for service in handles(running):
        assert service.password.encode() not in Path(f"/proc/{service.pid}/cmdline").read_bytes()


def test_the_role_may_create_databases_and_is_no_superuser(running: Services) -> None:
    query(running.database_url, "CREATE DATABASE another")

    assert query(running.database_url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False


def test_text_is_unicode_and_time_is_utc(running: Services) -> None:
    assert query(running.database_url, "SELECT lower('\u00c4')") == "\u00e4"
    assert query(running.database_url, "SELECT current_setting('timezone')") == "UTC"


def test_only_a_test_database_does_without_fsync(made: Path, running: Services) -> None:
    with services(made, redis_url="redis://not.used") as durable:
        assert query(durable.database_url, "SHOW fsync") == "on"
    assert query(running.database_url, "SHOW fsync") == "off"


def test_two_servers_never_share_a_folder(running: Services) -> None:
    for service in handles(running):
        second = type(service)(service.data_dir, service.password)
        second.patience = 0

        with pytest.raises(EmbeddedError, match="of an earlier run still uses"):
            second.launch()


def test_a_folder_in_use_is_refused(running: Services) -> None:
    with (
        pytest.raises(EmbeddedError, match="already running"),
        services(handles(running)[0].data_dir, durable=False),
    ):
        pass


def test_both_are_gone_when_their_parent_was_killed_and_start_again_at_once(tmp_path: Path) -> None:
    with program(tmp_path, HOLD_SERVICES, tmp_path / "var") as parent:
        parent.wait_for("ready")
        servers = descendants(parent.pid)
        assert len(servers) > 2
        parent.signal(SIGKILL)
        parent.end()

        with services(tmp_path / "var", durable=False):
            eventually(all_gone(servers))


def test_ctrl_c_stops_both_cleanly(tmp_path: Path) -> None:
    with program(tmp_path, HOLD_SERVICES, tmp_path / "var") as parent:
        parent.wait_for("ready")
        servers = descendants(parent.pid)
        parent.signal(SIGINT)
        parent.end()

    assert all_gone(servers)()
    assert "database system is shut down" in (tmp_path / "var/log/postgres.log").read_text()
    assert "bye bye" in (tmp_path / "var/log/valkey.log").read_text()


def test_a_database_killed_while_it_was_made_is_made_again(tmp_path: Path) -> None:
    def half_made() -> list[Path]:
        return list((tmp_path / "var").glob("postgres.new-*/global"))

    with program(tmp_path, HOLD_SERVICES, tmp_path / "var") as parent:
        eventually(lambda: bool(half_made()))
        parent.signal(SIGKILL)
        parent.end()
    assert not (tmp_path / "var/postgres").exists()

    with services(tmp_path / "var", durable=False) as found:
        assert query(found.database_url, "SELECT 1") == 1
    assert not half_made()


def test_data_of_another_major_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir(mode=0o700)
    (tmp_path / "postgres/PG_VERSION").write_text("15\n")

    with pytest.raises(EmbeddedError, match="made by PostgreSQL 15 and this is"), services(tmp_path, durable=False):
        pass


def test_a_password_that_is_not_the_datas_is_refused(made: Path) -> None:
    (made / "secrets").unlink()

    with pytest.raises(EmbeddedError, match="not the one"), services(made, durable=False):
        pass


def test_a_pid_file_from_before_a_reboot_is_no_obstacle(made: Path, tmp_path: Path) -> None:
    with program(tmp_path, "import time; time.sleep(1000)") as stranger:
        (made / "postgres/postmaster.pid").write_text(f"{stranger.pid}\n{made}/postgres\n1\n1\n\n\n1 1\nready\n")

        with services(made, durable=False) as found:
            assert query(found.database_url, "SELECT 1") == 1


def test_a_path_with_spaces_and_quotes_works(tmp_path: Path) -> None:
    folder = tmp_path / 'it\'s "my" folder'
    with services(folder, durable=False) as found:
        assert query(found.database_url, "SELECT 1") == 1
    assert (folder / "valkey/appendonlydir").is_dir()


@as_root
def test_root_gives_the_servers_to_nobody(open_folder: Path) -> None:
    with services(open_folder / "var", durable=False) as found:
        for service in handles(found):
            assert Path(f"/proc/{service.pid}").stat().st_uid != 0


@as_root
def test_root_below_a_folder_that_only_root_may_enter_keeps_no_privilege(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    with services(tmp_path / "var", durable=False) as found:
        for service in handles(found):
            status = Path(f"/proc/{service.pid}/status").read_text().split()
            assert int(status[status.index("CapEff:") + 1], 16) == 0


@as_root
def test_root_may_move_its_data_to_where_only_root_may_enter_and_back(open_folder: Path) -> None:
    with services(open_folder / "var", durable=False) as found:
        write(found)

    for mode in (0o700, 0o755):
        open_folder.chmod(mode)
        with services(open_folder / "var", durable=False) as found:
            assert read(found) == ("kept", b"kept")


@as_root
def test_another_account_is_told_whose_folder_it_is(open_folder: Path) -> None:
    with lock(open_folder / "var"):  # as root made it
        pass
    as_another = HOLD_SERVICES.replace("with", "import os; os.setgid(65534); os.setuid(65534)\nwith", 1)
    with program(open_folder, as_another, open_folder / "var") as stranger:
        assert stranger.end() == 1
        last = stranger.said.strip().splitlines()[-1]
    assert "EmbeddedError: " in last
    assert "run as its owner" in last


def test_logs_and_data_are_for_their_owner_only(running: Services) -> None:
    for service in handles(running):
        for path, mode in ((service.folder, 0o700), (service.log, 0o600)):
            assert stat.S_IMODE(path.stat().st_mode) == mode
