"""The command line, as an operator types it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(app, environment):
    """Run a command in a process of its own; gives exit code, output lines (without logs) and error lines."""

    def run(*arguments, program=("-m", "asyncops.cli"), **changed):
        done = subprocess.run(
            [sys.executable, *program, *arguments],
            env={"PATH": os.environ["PATH"], **environment, **changed},
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        output = [line for line in done.stdout.splitlines() if not line.startswith("{")]
        return done.returncode, output, done.stderr.splitlines()

    return run


@pytest.mark.parametrize("command", ["up", "migrate", "worker", "scheduler"])
def test_a_wrong_setting_stops_every_command_with_one_line(run, command):
    code, output, errors = run(command, SUMMARY_TIME="noon")

    assert (code, output) == (1, [])
    assert errors == ["SUMMARY_TIME: 'noon' is not allowed. It may be a time of day such as 09:00."]


def test_a_wrong_setting_stops_the_web_process_with_one_line(run):
    code, _, errors = run("wsgi:app", program=("-m", "gunicorn"), PORT="web")

    assert code == 1
    assert errors == ["PORT: 'web' is not allowed. It may be a whole number from 1 to 65535."]


def test_a_database_that_is_away_is_one_line(run):
    code, _, errors = run("migrate", DATABASE_URL="postgresql://nobody@127.0.0.1:1/none")

    assert code == 1
    assert errors[-1].startswith("The database can't be reached: ")
    assert len(errors) == 1


def test_migrating_again_changes_nothing(run):
    assert run("migrate") == (0, ["The database is up to date."], [])


def test_the_first_administrator_gets_a_password_that_is_shown_once(run, client):
    code, output, _ = run("create-admin", "--if-missing")

    email, password = re.findall(r": +(\S+)", "\n".join(output))
    assert code == 0
    answer = client.post("/api/auth/login", json={"email": email, "password": password})
    assert answer.json["user"]["role"] == "admin"
    assert run("create-admin", "--if-missing") == (0, [], [])


def test_the_environment_may_name_the_administrator(run, client):
    login = {"email": "root@example.org", "password": "from-the-environment-1"}

    code, output, _ = run(
        "create-admin", ASYNCOPS_ADMIN_EMAIL=login["email"], ASYNCOPS_ADMIN_PASSWORD=login["password"]
    )

    assert (code, output) == (0, ["Administrator: root@example.org"])
    assert client.post("/api/auth/login", json=login).status_code == 200
    again = run("create-admin", ASYNCOPS_ADMIN_EMAIL=login["email"], ASYNCOPS_ADMIN_PASSWORD=login["password"])
    assert again == (1, [], ["Email already registered"])


def test_a_weak_administrators_password_is_refused_with_the_rule(run):
    code, output, errors = run("create-admin", ASYNCOPS_ADMIN_PASSWORD="onlyletters")

    assert (code, output) == (1, [])
    assert errors == ["password: It must contain at least one letter and one digit."]


def test_a_reset_link_for_an_operator_to_pass_on(run, client, member):
    code, (link,), _ = run("reset-link", member.email.upper(), PUBLIC_URL="https://ops.example.org/")

    assert code == 0
    assert link.startswith("https://ops.example.org/reset-password#token=")
    token = link.partition("#token=")[2]
    reset = {"token": token, "new_password": "a-new-password-1"}
    assert client.post("/api/auth/reset-password", json=reset).status_code == 200
    assert (
        client.post("/api/auth/login", json={"email": member.email, "password": "a-new-password-1"}).status_code == 200
    )
    assert run("reset-link", "nobody@example.org") == (1, [], ["User not found"])


def test_the_demo_team_has_two_weeks_of_work_and_comes_once(run, client, app):
    code, (line,), _ = run("seed-demo")

    email, password = re.fullmatch(
        r"Demo: a team of 9 with two weeks of work\. Sign in as (\S+) with (\S+)", line
    ).groups()
    assert code == 0
    token = client.post("/api/auth/login", json={"email": email, "password": password}).json["access_token"]
    signed_in = {"Authorization": f"Bearer {token}"}
    found = client.get("/api/status?limit=100", headers=signed_in).json
    assert found["total"] > 60
    days = {item["created_at"][:10] for item in found["items"]}
    assert len(days) >= 13
    assert len({item["user_id"] for item in found["items"]}) == 9
    for records, states in (
        ("incidents", {"closed", "resolved", "in_progress", "open"}),
        ("blockers", {"active", "resolved"}),
    ):
        items = client.get(f"/api/{records}", headers=signed_in).json["items"]
        assert {item["status"] for item in items} == states
    assert client.get("/api/decisions", headers=signed_in).json["total"] == 3
    assert run("seed-demo") == (0, ["The demo team is there already."], [])


def test_demo_data_stays_out_of_production(run, client):
    _, output, _ = run("seed-demo", ASYNCOPS_ENV="production", BCRYPT_ROUNDS="12", PUBLIC_URL="https://localhost")

    assert output == ["Demo data is not for production: its passwords are public."]
    login = {"email": "mara@velotools.example", "password": "demo-team-1"}
    assert client.post("/api/auth/login", json=login).status_code == 401


def test_the_document_is_printed_without_settings_or_servers(client):
    done = subprocess.run(
        [sys.executable, "-m", "asyncops.cli", "openapi"],
        env={"PATH": os.environ["PATH"]},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == client.get("/api/openapi.json").json


def test_help_names_every_command(run):
    _, output, _ = run("--help")

    for command in (
        *("up", "migrate", "worker", "scheduler", "create-admin", "reset-link", "openapi", "seed-demo"),
        *("backup", "restore", "export", "import"),
    ):
        assert re.search(rf"^  {command} +\S", "\n".join(output), re.MULTILINE)


def test_the_doctor_prints_what_is_wrong_and_fails(run):
    code, output, errors = run("doctor", PUBLIC_URL="http://127.0.0.1:1")

    assert (code, errors) == (1, [])
    assert any(line.startswith("ok       PostgreSQL ") for line in output)
    assert any(line.startswith("problem  There is no active administrator.") for line in output)


def test_a_new_key_is_one_that_the_settings_take(run):
    code, (key,), _ = run("new-key")

    assert code == 0
    assert run("migrate", ENCRYPTION_KEY=key)[0] == 0
    assert run("migrate", ENCRYPTION_KEY=key[:-5])[2] == [
        (
            "ENCRYPTION_KEY: this value is not allowed. It may be a key from `asyncops new-key`, "
            "or several with commas between: the first encrypts, all decrypt."
        )
    ]
