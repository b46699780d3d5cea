"""The unit files, as systemd reads them, with this checkout as what is installed."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from asyncops.config import rules
from tests.containers.conftest import NGINX, ROOT

UNITS = sorted((ROOT / "docker" / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]


@pytest.fixture(scope="session")
def systemd_analyze():
    found = shutil.which("systemd-analyze")
    if found is None and not os.environ.get("CI"):
        pytest.skip("needs systemd-analyze (Debian: apt-get install systemd)")
    assert found, "systemd-analyze is not installed"
    return found


def test_systemd_understands_every_line(systemd_analyze, tmp_path):
    for path in UNITS:
        text = path.read_text("utf-8").replace("/opt/asyncops/current/.venv", str(Path(sys.executable).parents[1]))
        text = text.replace("/opt/asyncops/current", str(ROOT)).replace("User=asyncops", "User=root")
        (tmp_path / path.name).write_text(text)

    done = subprocess.run(
        [systemd_analyze, "verify", *sorted(tmp_path.iterdir())],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    about_ours = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert (done.returncode, about_ours) == (0, [])


def test_the_target_starts_all_of_them():
    wanted = re.search(r"^Wants=(.*)$", (ROOT / "docker/systemd/asyncops.target").read_text("utf-8"), re.MULTILINE)[1]

    assert {re.sub(r"@\d+", "@", name) for name in wanted.split()} == {
        path.name for path in UNITS if path.suffix != ".target"
    }


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_service_can_do_as_little_as_possible(path):
    lines = path.read_text("utf-8").splitlines()

    assert {"NoNewPrivileges=true", "ProtectSystem=strict", "PrivateTmp=true", "ProtectHome=true"} <= set(lines)
    assert [line for line in lines if line.startswith("User=")] in (["User=asyncops"], ["User=www-data"])
    assert any(line.startswith("CapabilityBoundingSet=") for line in lines)


def test_the_variables_in_the_units_exist():
    rendered = (NGINX / "render").read_text("utf-8")
    for path in SERVICES:
        for line in re.findall(r"^Environment=(.*)$", path.read_text("utf-8"), re.MULTILINE):
            for name in re.findall(r"([A-Z_]+)=", line):
                known = f'"${{{name}:=' in rendered if "nginx" in path.name else name in rules()
                assert known, f"{path.name}: {name}"
