"""A whole AsyncOps of its own, made of the shipped processes and real servers, in which anything may be broken."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import redis
import requests

from asyncops.embedded import Services, services
from asyncops.embedded.child import signal_group, spawn
from asyncops.embedded.running import lock
from tests.faults.postbox import Postbox, postbox
from tests.faults.processes import children
from tests.ports import free_port
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
DISK_MB = 320
SUPERVISOR_PAUSE = 0.5
PASSWORD = "correct-horse-1"
CLONE_NEWNS = 0x20000


class Lab:
    """Its processes by name: web, worker and scheduler; nginx before the web process where there is one."""

    def __init__(self, folder: Path, servers: Services, post: Postbox, disk: Path | None) -> None:
        self.folder, self.servers, self.postbox, self.disk = folder, servers, post, disk
        self.postgres, self.valkey = servers.postgres, servers.valkey
        self.port = self.web_port = free_port()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._stopping = threading.Event()
        self._supervisor = threading.Thread(target=self.supervise, daemon=True)
        self.clock = folder / "clock"
        self.set_clock(timedelta())
        self.environment = {
            "PATH": os.environ["PATH"],
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SECRET_KEY": "tests-8f1c2b7d4a9e6053-link-key-0",
            "JWT_SECRET_KEY": "tests-3e9a5d0b7c4f8126-token-key-0",
            "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
            "ASYNCOPS_ADMIN_PASSWORD": PASSWORD,
            "BCRYPT_ROUNDS": "4",
            "DATA_DIR": str(folder / "data"),
            "SMTP_URL": post.url,
            "PORT": str(self.web_port),
            "WEB_CONCURRENCY": "2",
            "TRUSTED_PROXIES": "1" if shutil.which("nginx") else "0",
            "SUMMARY_CATCH_UP_DAYS": "2",
            "WEBHOOK_ALLOW_PRIVATE": "1",
        }

    # Processes

    def start(self, what: str, *, name: str = "", **changed: str) -> None:
        """Start a process of the Procfile."""
        command = ["gunicorn", "wsgi:app"] if what == "web" else ["tests.faults.clocked", str(self.clock), what]
        name = name or what
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = spawn(
                [sys.executable, "-m", *command],
                death_signal=signal.SIGKILL,
                env=self.environment | changed,
                cwd=ROOT,
                stdout=log,
            )

    @contextmanager
    def another_web(self, **changed: str) -> Iterator[int]:
        """One more web process, with settings of its own; gives its port."""
        port = free_port()
        self.start("web", name="another-web", PORT=str(port), TRUSTED_PROXIES="0", **changed)
        process = self.processes.pop("another-web")
        try:
            eventually(lambda: is_alive(port), "the other web process")
            yield port
        finally:
            process.terminate()
            process.wait(60)

    def run(self, *command: str) -> str:
        """A command of the application, to its end; gives what it said."""
        program = [sys.executable, "-m", "asyncops.cli", *command]
        done = subprocess.run(
            program, env=self.environment, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def supervise(self) -> None:
        """Start again what has ended, as systemd, compose and `asyncops up` do. Runs in a thread of its own.

        A worker or scheduler may end by itself when Redis goes away under it.
        """
        while not self._stopping.wait(SUPERVISOR_PAUSE):
            for name in ("web", "worker", "scheduler"):
                if self.processes[name].poll() is not None:
                    self.start(name)

    def kill(self, name: str) -> None:
        """`kill -9` of it and its children."""
        process = self.processes[name]
        for child in children(process.pid):
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        signal_group(process, signal.SIGKILL)

    def start_nginx(self, program: str) -> None:
        self.port = free_port()
        pages = self.folder / "pages"
        pages.mkdir()
        (pages / "index.html").write_text("<!doctype html><title>AsyncOps</title>")
        variables = {
            "PATH": os.environ["PATH"],
            "RUN_DIR": str(self.folder / "nginx"),
            "LISTEN": f"127.0.0.1:{self.port}",
            "STATIC_FILES": str(pages),
            "WEB_UPSTREAMS": f"127.0.0.1:{self.web_port}",
        }
        how = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        with (self.folder / "nginx.log").open("wb") as log:
            self.processes["nginx"] = spawn(
                [
                    *(ROOT / "docker/nginx/render", program, "-e", "stderr"),
                    *("-c", self.folder / "nginx/nginx.conf", "-g", how),
                ],
                death_signal=signal.SIGTERM,
                env=variables,
                stdout=log,
            )

    def stop(self) -> None:
        self._stopping.set()
        if self._supervisor.is_alive():
            self._supervisor.join()
        for process in self.processes.values():
            with suppress(ProcessLookupError):
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                signal_group(process, signal.SIGKILL)
                process.wait()

    # Servers

    def freeze_postgres(self) -> None:
        self._signal_postgres(signal.SIGSTOP)

    def thaw_postgres(self) -> None:
        self._signal_postgres(signal.SIGCONT)

    def _signal_postgres(self, number: signal.Signals) -> None:
        # The parent first, that it makes no child meanwhile; each of them leads a group of its own.
        os.kill(self.postgres.pid, number)
        for child in children(self.postgres.pid):
            with suppress(ProcessLookupError):
                os.kill(child, number)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        url = self.servers.database_url.replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True, options="-c statement_timeout=60s") as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    # The clock

    @property
    def nginx(self) -> subprocess.Popen[bytes] | None:
        return self.processes.get("nginx")

    def set_clock(self, offset: timedelta) -> None:
        """From now on worker and scheduler see a time that is off by so much."""
        unfinished = self.clock.with_suffix(".new")
        unfinished.write_text(f"{offset.total_seconds():+.0f}")
        unfinished.replace(self.clock)

    def set_summary_time(self, ahead: timedelta) -> None:
        """Let worker and scheduler start anew with a summary's hour that is so far ahead."""
        self.environment["SUMMARY_TIME"] = f"{datetime.now(UTC) + ahead:%H:%M}"
        for name in ("worker", "scheduler"):
            self.kill(name)

    def hurry(self, job: str) -> None:
        """Make an entry of the clock due now, instead of at the next full minute."""
        entry = "clock-" + job.replace(".", "-")
        with redis.Redis.from_url(self.servers.redis_url) as queue:
            key = "rq:scheduler:scheduled_jobs"
            eventually(lambda: queue.zadd(key, {entry: 1}, xx=True, ch=True) or None, f"the entry of {job}")

    # Speaking to it

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """One request on a connection of its own."""
        with requests.Session() as session:
            session.trust_env = False
            more = {"timeout": 60, "allow_redirects": False} | more
            return session.request(method, f"http://127.0.0.1:{self.port}{path}", **more)

    def is_up(self) -> bool:
        try:
            return self.ask("GET", "/readyz", timeout=5).ok if self.port == self.web_port else self._passes()
        except requests.RequestException:
            return False

    def _passes(self) -> bool:
        return self.ask("GET", "/api/users/me", timeout=5).status_code == 401

    def sign_in(self, email: str) -> dict[str, str]:
        """The headers of a person."""
        answer = self.ask("POST", "/api/auth/login", json={"email": email, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def join(self, email: str, full_name: str) -> int:
        body = {"email": email, "full_name": full_name, "password": PASSWORD}
        answer = self.ask("POST", "/api/auth/register", json=body)
        assert answer.status_code == 201, answer.text
        found: int = answer.json()["id"]
        return found


@contextmanager
def lab() -> Iterator[Lab]:
    """A running one with an administrator, two members and nobody else. Call it from the main thread."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="asyncops-test-lab-")))
        stack.enter_context(lock(folder))  # so that nobody takes it for what a killed run has left
        disk = folder / "disk"
        disk.mkdir()
        mounted = _mount(disk)
        if mounted:
            stack.callback(subprocess.run, ["umount", "--lazy", disk], check=True)
        servers = stack.enter_context(services(disk))  # durable: what is promised is promised for real
        found = Lab(folder, servers, stack.enter_context(postbox()), disk if mounted else None)
        stack.callback(found.stop)
        found.run("migrate")
        found.run("create-admin", "--email", "boss@example.org")
        for name in ("web", "worker", "scheduler"):
            found.start(name)
        found._supervisor.start()  # the kernel ends what it starts when this thread ends, as late as the laboratory
        if program := shutil.which("nginx"):
            found.start_nginx(program)
        eventually(found.is_up, "the web process")
        found.join("max@example.org", "Max Member")
        found.join("olga@example.org", "Olga Other")
        found.sql("UPDATE users SET created_at = now() - interval '10 days'")
        yield found


def is_alive(port: int) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
        except requests.RequestException:
            return False


def _mount(folder: Path) -> bool:
    """A small disk of memory at the folder; it goes with this process, however it ends. Only root can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return False
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
        return False
    commands = (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=0755", "none", str(folder)],
    )
    return all(subprocess.run(command, capture_output=True, check=False).returncode == 0 for command in commands)
