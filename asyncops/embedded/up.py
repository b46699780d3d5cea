"""The whole application on one machine: servers, migration, first administrator, then the Procfile's processes."""

import errno
import http
import http.client
import os
import socket
import sys
from contextlib import ExitStack
from pathlib import Path

from asyncops.embedded.child import adopt_orphans
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.postgres import Postgres
from asyncops.embedded.program import Program, read_procfile
from asyncops.embedded.running import announced, lock
from asyncops.embedded.secret_file import PASSWORDS, ensure_secrets
from asyncops.embedded.service import Service
from asyncops.embedded.supervisor import Supervisor
from asyncops.embedded.valkey import Valkey

ANSWER_WITHIN = 60.0  # seconds
HIGHEST_PORT = 65535


def up(*, root: Path, data_dir: Path, demo: bool, dev: bool = False) -> int:
    """Run until a signal comes, then stop everything and return 0. `root` is the folder of the Procfile.

    With `dev` the processes of Procfile.dev take the place of those, and pages come from its server at VITE_PORT.

    Variables that are set win: with DATABASE_URL or REDIS_URL that server is used and none is started for it.
    EmbeddedError, with nothing left running, if the folder is in use, PORT is taken, a command fails or the
    application does not answer within a minute. Call it from the main thread of a process of its own.
    """
    data_dir = data_dir.resolve()
    with lock(data_dir), ExitStack() as at_end:
        port = _free_port_wanted("PORT", "8000")
        site_port = _free_port_wanted("VITE_PORT", "5173") if dev else port
        commands = read_procfile(root / "Procfile") | (read_procfile(root / "Procfile.dev") if dev else {})
        secrets = ensure_secrets(data_dir)
        adopt_orphans()
        supervisor = Supervisor()
        supervisor.catch_signals()
        at_end.callback(supervisor.stop)
        urls = _start_services(supervisor, data_dir, secrets)
        made = urls | ({"PUBLIC_URL": f"http://localhost:{site_port}"} if dev else {})
        # The port too: links that other commands print must lead here.
        at_end.enter_context(announced(data_dir, {"PORT": str(port)} | made))
        env = _environment(port, {name: value for name, value in secrets.items() if name not in PASSWORDS} | made)
        _prepare(supervisor, [commands.pop("release", ""), *_first_steps(demo=demo)], root, env)
        if not supervisor.signals:
            for name, command in commands.items():
                supervisor.add(Program(name, command, root=root, env=env))
        if supervisor.run_until(lambda: _is_healthy(port), ANSWER_WITHIN):
            _say_where(port, site_port, data_dir)
            supervisor.run_until(lambda: False)
        if not supervisor.signals:
            raise EmbeddedError(
                f"http://127.0.0.1:{port}/healthz did not answer within {ANSWER_WITHIN:g} s; the reason stands above"
            )
        supervisor.say("stopping; once more Ctrl-C to hurry")
    return 0


def _first_steps(*, demo: bool) -> list[str]:
    return ["asyncops create-admin --if-missing", *(["asyncops seed-demo"] if demo else [])]


def _prepare(supervisor: Supervisor, steps: list[str], root: Path, env: dict[str, str]) -> None:
    for command in steps:
        if command and not supervisor.signals:
            supervisor.run_once(Program("release", command, root=root, env=env))


def _start_services(supervisor: Supervisor, data_dir: Path, secrets: dict[str, str]) -> dict[str, str]:
    wanted: list[tuple[str, Service]] = []
    if not os.environ.get("DATABASE_URL"):
        wanted.append(("DATABASE_URL", Postgres(data_dir, secrets["POSTGRES_PASSWORD"])))
    if not os.environ.get("REDIS_URL"):
        wanted.append(("REDIS_URL", Valkey(data_dir, secrets["VALKEY_PASSWORD"])))
    for _, service in wanted:
        service.start()
        supervisor.add_running(service)
    return {name: service.url for name, service in wanted}


def _environment(port: int, made: dict[str, str]) -> dict[str, str]:
    lacking = {"ASYNCOPS_ENV": "development", **made}
    # So that gunicorn and asyncops are found without an activated environment.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    always = {"PORT": str(port), "PATH": path, "PYTHONUNBUFFERED": "1"}
    return {**os.environ, **{name: value for name, value in lacking.items() if not os.environ.get(name)}, **always}


def _free_port_wanted(variable: str, default: str) -> int:
    text = os.environ.get(variable) or default
    if not text.isdecimal() or not 1 <= int(text) <= HIGHEST_PORT:
        raise EmbeddedError(f"{variable} is {text!r}: a number from 1 to 65535 expected")
    for address in ("127.0.0.1", "0.0.0.0"):  # noqa: S104 - let go at once; it shows who listens on all
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind((address, int(text)))
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    raise EmbeddedError(f"port {text} is taken: stop what listens there, or set {variable}") from error
                raise EmbeddedError(f"port {text} cannot be used ({error.strerror}): set {variable}") from error
    return int(text)


def _is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _say_where(port: int, site_port: int, data_dir: Path) -> None:
    site = f"http://localhost:{port}"
    sys.stdout.write(
        f"\nAsyncOps is running.\n  Application    http://localhost:{site_port}/\n  API docs       {site}/api/docs\n"
        f"  Jobs           {site}/admin/jobs\n  Data and logs  {data_dir}\nCtrl-C stops everything.\n\n"
    )
    sys.stdout.flush()
