"""The shipped nginx configuration in a real nginx, before the shipped web processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from asyncops.embedded.child import signal_group, spawn
from tests.faults.conftest import queue, sql, start, workers_ready  # noqa: F401 - fixtures for these tests too
from tests.ports import free_port
from tests.waiting import eventually

ROOT = Path(__file__).parents[2]
NGINX = ROOT / "docker" / "nginx"

FILES = {
    "index.html": b"<!doctype html><title>AsyncOps</title>",
    "early.js": b"document.documentElement.dataset.theme = 'light'",
    "icon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "assets/index-Ab12.js": b"console.log('plain')",
    "assets/index-Ab12.js.gz": b"the gzip file",
    "assets/index-Ab12.js.br": b"the brotli file",
    ".vite/manifest.json": b"{}",
}
"""What a build looks like from outside."""


@dataclass(frozen=True)
class Front:
    """A running nginx."""

    port: int
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]
    output: Path

    def ask(self, method: str, path: str, **more) -> requests.Response:
        """One request on a connection of its own, followed nowhere, with no proxy or password from the environment."""
        with requests.Session() as session:
            session.trust_env = False
            more = {"timeout": 30, "allow_redirects": False} | more
            return session.request(method, f"http://127.0.0.1:{self.port}{path}", **more)

    def switch(self, *ports: int) -> None:
        """What an operator does: `docker/nginx/switch`."""
        addresses = [f"127.0.0.1:{port}" for port in ports]
        subprocess.run([NGINX / "switch", *addresses], env=self.environment, check=True, timeout=60)

    def lines(self) -> list[str]:
        """What it has said so far."""
        return self.output.read_text("utf-8").splitlines()


@pytest.fixture(scope="session")
def nginx() -> str:
    """The program. Where tests must not be left out (CI), its lack is a failure."""
    found = shutil.which("nginx")
    if found is None and not os.environ.get("CI"):
        pytest.skip("needs nginx (Debian: apt-get install nginx)")
    assert found, "nginx is not installed"
    return found


@pytest.fixture(scope="session")
def build(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("build")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


@pytest.fixture
def front(nginx, build, tmp_path) -> Iterator[Callable[..., Front]]:
    """Start nginx before the web processes at these ports, with variables of `docker/nginx/render`."""
    started = []

    def front(*ports: int, **variables: str) -> Front:
        number, port = len(started), free_port()
        folder = tmp_path / f"nginx-{number}"
        environment = {
            "PATH": os.environ["PATH"],
            "RUN_DIR": str(folder),
            "LISTEN": f"127.0.0.1:{port}",
            "STATIC_FILES": str(build),
            "WEB_UPSTREAMS": " ".join(f"127.0.0.1:{port}" for port in ports),
            **variables,
        }
        # Its workers run as the account of these tests, who made the files.
        how = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
        output = tmp_path / f"nginx-{number}.log"
        with output.open("wb") as file:
            process = spawn(
                [NGINX / "render", nginx, "-e", "stderr", "-c", folder / "nginx.conf", "-g", how],
                death_signal=signal.SIGTERM,  # a killed master would leave its workers behind
                env=environment,
                stdout=file,
            )
        found = Front(port, folder, environment, process, output)
        started.append(found)
        eventually(lambda: _answers(found), "nginx")
        return found

    yield front
    for found in started:
        found.process.terminate()
        try:
            found.process.wait(10)
        except subprocess.TimeoutExpired:
            signal_group(found.process, signal.SIGKILL)
            found.process.wait()


def _answers(front: Front) -> bool:
    assert front.process.poll() is None, front.output.read_text("utf-8")
    try:
        return front.ask("GET", "/frontendz").ok
    except requests.ConnectionError:
        return False


@pytest.fixture
def web(start) -> Callable[..., int]:  # noqa: F811 - the fixture imported above
    """Start a web process and give its port; in each request it believes the one proxy before it."""

    def web(**changed: str) -> int:
        port = int(changed.get("PORT") or free_port())
        start("web", **{"PORT": str(port), "WEB_CONCURRENCY": "1", "TRUSTED_PROXIES": "1"} | changed)
        eventually(lambda: is_up(port), "the web process")
        return port

    return web


def is_up(port: int) -> bool:
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.get(f"http://127.0.0.1:{port}/healthz", timeout=5).ok
        except requests.RequestException:  # refused, or waiting in a socket that nobody serves yet
            return False
