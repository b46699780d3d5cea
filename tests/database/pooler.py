"""PgBouncer in transaction mode before a PostgreSQL; no setting helps the application, and one is in its way."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGTERM

import psycopg
from sqlalchemy import make_url

from asyncops.embedded.account import own_folder
from asyncops.embedded.child import spawn
from tests.ports import free_port

SERVER_CONNECTIONS = 3
"""Fewer than there are clients: so they share them."""


@contextmanager
def pooled(database_url: str, folder: Path) -> Iterator[str]:
    """The address of a pooler before that database."""
    found = shutil.which("pgbouncer", path=f"{Path(sys.executable).parent}:/usr/bin:/usr/sbin:/usr/local/bin")
    assert found, "pgbouncer is missing: run `make pgbouncer`, which gets it where apt is, or says what to do"
    url, port = make_url(database_url), free_port()
    account = own_folder(folder, Path(found))  # it refuses to be root
    configuration = {
        "listen_addr": "127.0.0.1",
        "listen_port": port,
        "unix_socket_dir": "",
        "auth_type": "scram-sha-256",
        "auth_file": folder / "users",
        "pool_mode": "transaction",
        "default_pool_size": SERVER_CONNECTIONS,
        "max_client_conn": 100,
    }
    lines = [f"{name} = {value}" for name, value in configuration.items()]
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n{url.database} = host=127.0.0.1 port={url.port} timezone=Asia/Tokyo\n[pgbouncer]\n"
        + "\n".join(lines)
    )
    (folder / "users").write_text(f'"{url.username}" "{url.password}"\n')
    with (folder / "log").open("wb") as log:
        process = spawn(
            [found, folder / "pgbouncer.ini"],
            death_signal=SIGTERM,
            env={"PATH": "/usr/bin:/bin"},
            account=account,
            cwd=Path("/"),
            stdout=log,
        )
    try:
        address = url.set(port=port).render_as_string(hide_password=False)
        _wait(address, process, folder / "log")
        yield address
    finally:
        process.kill()  # it has nothing to save, and newer ones wait for who is connected
        process.wait()


def _wait(address: str, process, log: Path) -> None:
    deadline = time.monotonic() + 30
    while not _answers(address):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address.replace("+psycopg", ""), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True
