"""The compose files, as Docker's own parser reads them."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from asyncops.config import Settings
from tests.containers.conftest import ROOT

BIN = Path(sys.executable).parent
PRODUCTION, DEVELOPMENT = "compose.production.yaml", "compose.yaml"


@pytest.fixture(scope="session")
def docker(tmp_path_factory):
    """A copy of the folder, so that nobody's own docker/.env is read or written."""
    folder = tmp_path_factory.mktemp("project") / "docker"
    shutil.copytree(ROOT / "docker", folder, ignore=shutil.ignore_patterns(".env", "tls"))
    return folder


def run(*command, **more):
    return subprocess.run(
        command,
        env={"PATH": os.environ["PATH"], **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.fixture(scope="session")
def made(docker):
    """docker/.env as an operator makes it."""
    done = run(docker / "make-env", "ops.example.org")
    assert done.returncode == 0, done.stderr
    return docker / ".env"


def read(docker, name, *more):
    done = run(BIN / "docker-compose", "-f", docker / name, *more, "config", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "level=warning" not in done.stderr, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="session")
def production(docker, made):
    return read(docker, PRODUCTION, "--profile", "manage")


@pytest.fixture(scope="session")
def development(docker):
    return read(docker, DEVELOPMENT)


@pytest.mark.parametrize("name", [PRODUCTION, DEVELOPMENT])
def test_the_files_follow_the_specification(name):
    done = run(BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", ROOT / "docker" / name)

    assert done.returncode == 0, done.stdout


def test_secrets_stay_out_of_the_repository_and_of_the_images():
    ignored = (ROOT / ".gitignore").read_text("utf-8").splitlines()
    sent = [line for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!docker")]

    assert {"docker/.env", "docker/tls/"} <= set(ignored)
    assert sent == ["!docker/nginx"]


def test_without_secrets_nothing_starts_in_production(tmp_path):
    shutil.copy(ROOT / "docker" / PRODUCTION, tmp_path)
    (tmp_path / ".env").touch()

    done = run(BIN / "docker-compose", "-f", tmp_path / PRODUCTION, "config")

    assert done.returncode != 0
    assert "run docker/make-env" in done.stderr


def test_what_is_made_for_an_operator_is_complete_and_kept(made, docker, production):
    environment = production["services"]["web-1"]["environment"]
    settings = Settings.from_environment({name: value or "" for name, value in environment.items()})
    before = made.read_text("utf-8")
    again = run(docker / "make-env", "ops.example.org")

    assert settings.in_production
    assert settings.trusted_hosts == ("ops.example.org",)
    assert settings.trusted_proxies == 1
    assert made.stat().st_mode & 0o777 == 0o600
    assert again.returncode == 1
    assert made.read_text("utf-8") == before
    assert run(docker / "make-env", "a b; c").returncode == 1


def test_the_keys_of_development_start_there_and_nowhere_else(development):
    environment = development["services"]["web"]["environment"]

    assert not Settings.from_environment(environment).in_production
    assert {port["host_ip"] for port in development["services"]["web"]["ports"]} == {"127.0.0.1"}
    others = [each for name, each in development["services"].items() if name != "web"]
    assert not any("ports" in service for service in others)


def test_only_nginx_can_be_reached_from_outside(production):
    services = production["services"]

    assert {name for name, service in services.items() if "ports" in service} == {"frontend"}
    assert {name for name, service in services.items() if "edge" in service["networks"]} == {"frontend"}
    assert not {"inside", "outside"} & set(services["frontend"]["networks"])
    assert all(production["networks"][name]["internal"] for name in ("front", "inside"))
    for name in ("postgres", "valkey"):
        assert set(services[name]["networks"]) == {"inside"}


def test_every_container_can_do_as_little_as_possible(production):
    for name, service in production["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert "cap_add" not in service, name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        limits = service["deploy"]["resources"]["limits"]
        assert set(limits) == {"cpus", "memory", "pids"}, name
        assert service["logging"]["options"]["max-size"], name


def test_what_must_run_runs_again_and_what_is_done_once_does_not(production):
    once = {"migrate", "manage"}
    for name, service in production["services"].items():
        assert service["restart"] == ("no" if name in once else "unless-stopped"), name


def test_everything_waits_for_the_migrations_and_its_servers(production):
    wanted = {"migrate": "service_completed_successfully", "postgres": "service_healthy", "valkey": "service_healthy"}
    for name in ("web-1", "web-2", "worker", "scheduler"):
        depends = production["services"][name]["depends_on"]
        assert {other: how["condition"] for other, how in depends.items()} == wanted
    for name in ("web-1", "web-2"):
        assert production["services"]["frontend"]["depends_on"][name]["condition"] == "service_healthy"


def test_what_must_last_is_in_volumes(production):
    def targets(name):
        return {each["target"] for each in production["services"][name]["volumes"] if each["type"] == "volume"}

    # PostgreSQL's image from 18 on keeps a folder for each version below this one.
    assert targets("postgres") == {"/var/lib/postgresql"}
    assert targets("valkey") == {"/data"}
    assert all(targets(name) == {"/data"} for name in ("web-1", "web-2", "worker", "migrate", "manage"))
    assert "--appendonly yes" in " ".join(production["services"]["valkey"]["command"])


def test_nginx_asks_the_web_processes_at_the_addresses_that_they_have(production):
    services = production["services"]
    addresses = [services[name]["networks"]["front"]["ipv4_address"] for name in ("web-1", "web-2")]

    assert services["frontend"]["environment"]["WEB_UPSTREAMS"].split() == [f"{each}:8000" for each in addresses]
    rolls = (ROOT / "docker" / "roll").read_text("utf-8")
    prefix = addresses[0].rpartition(".")[0]
    assert f"${{network:-{prefix}}}" in rolls
    assert re.findall(r"\$network\.(\d+:8000)", rolls) == [each.rpartition(".")[2] + ":8000" for each in addresses]


def test_who_is_told_to_stop_has_longer_than_it_takes(production):
    services = production["services"]
    graceful = Settings.from_environment(
        {name: value or "" for name, value in services["web-1"]["environment"].items()}
    ).web_graceful_timeout
    for name in ("web-1", "web-2"):
        assert seconds(services[name]["stop_grace_period"]) > graceful
    assert seconds(services["worker"]["stop_grace_period"]) >= 120


def seconds(text):
    minutes, rest = re.fullmatch(r"(?:(\d+)m)?(?:(\d+)s)?", text).groups()
    return int(minutes or 0) * 60 + int(rest or 0)


def test_the_way_to_a_new_release_says_what_it_would_do_in_the_right_order(docker, made, tmp_path):
    """`docker/roll` with a `docker` that only writes down what it was asked."""
    said = tmp_path / "said"
    stand_in = tmp_path / "docker"
    stand_in.write_text(f'#!/bin/sh\nshift 3\necho "$*" >> {said}\n')
    stand_in.chmod(0o755)

    done = run(docker / "roll", PATH=f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    assert done.returncode == 0, done.stderr
    one, two = "172.31.251.2:8000", "172.31.251.3:8000"
    assert said.read_text("utf-8").splitlines() == [
        "build",
        "run --rm --no-deps migrate",
        f"exec -T frontend switch {two}",
        "up -d --no-deps --wait web-1",
        f"exec -T frontend switch {one}",
        "up -d --no-deps --wait web-2",
        f"exec -T frontend switch {one} {two}",
        "up -d --no-deps worker scheduler",
        "up -d --no-deps --wait frontend",
        "ps",
    ]
