"""The workflows: valid, safe, and with nothing in them that only runs there."""

import os
import re
import subprocess
import sys

import pytest
import yaml

from .conftest import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))


def tool(*command):
    path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"  # noqa: PTH120 - a link must stay one
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PATH": path}
    )


@pytest.fixture
def workflow():
    return lambda name: yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("schema", "files"),
    [("vendor.github-workflows", WORKFLOWS), ("vendor.dependabot", [ROOT / ".github/dependabot.yml"])],
)
def test_github_would_accept_them(schema, files):
    done = tool("check-jsonschema", "--builtin-schema", schema, *map(str, files))

    assert done.returncode == 0, done.stdout


def test_zizmor_finds_nothing_unsafe():
    done = tool("zizmor", "--offline", "--no-progress", ".github")

    assert done.returncode == 0, done.stdout + done.stderr


def test_actions_are_pinned_by_commit_with_the_version_beside_it():
    for path in WORKFLOWS:
        for line in path.read_text("utf-8").splitlines():
            if "uses: " in line and "uses: ./" not in line:
                assert re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), f"{path.name}: {line}"


def test_the_check_is_the_one_of_the_developers_machine(workflow):
    (job,) = workflow("check")["jobs"].values()

    assert [step["run"] for step in job["steps"] if "run" in step] == ["bash .ci/run"]
    assert "make check" in (ROOT / ".ci/run").read_text("utf-8").splitlines()


def test_pull_requests_and_branches_are_checked_and_main_before_it_goes_out(workflow):
    check, deploy = workflow("check"), workflow("deploy")
    on = True  # what YAML 1.1 makes of the key `on`

    assert set(check[on]) == {"pull_request", "push", "workflow_call"}
    assert check[on]["push"] == {"branches-ignore": ["main"]}
    assert deploy[on]["push"] == {"branches": ["main"]}
    assert deploy["jobs"]["check"]["uses"].startswith("./.github/workflows/check.yml")
    assert deploy["jobs"]["deploy"]["needs"] == "check"
    assert "needs.check.result == 'success'" in deploy["jobs"]["deploy"]["if"]


def test_known_vulnerabilities_are_asked_for_every_day_and_when_pins_change(workflow):
    audit = workflow("audit")
    on = audit[True]
    (job,) = audit["jobs"].values()
    makefile = (ROOT / "Makefile").read_text("utf-8")
    recipe = makefile.split("\naudit: ", 1)[1].split("\n\n", 1)[0]

    assert re.fullmatch(r"\d+ \d+ \* \* \*", on["schedule"][0]["cron"])
    assert on["pull_request"]["paths"][:2] == ["requirements/**", "frontend/package-lock.json"]
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make audit"]
    for pins in ("requirements/production.txt", "requirements/local.txt"):
        assert f"pip-audit --strict --disable-pip --require-hashes -r {pins}" in recipe
    assert "$(NPM) audit" in recipe


def test_only_the_deploying_job_gets_credentials_and_none_are_stored(workflow):
    for name in ("audit", "check", "deploy"):
        found = workflow(name)
        assert found["permissions"] == {"contents": "read"}
        for job, each in found["jobs"].items():
            expected = {"contents": "read"} | ({"id-token": "write"} if job == "deploy" else {})
            assert each.get("permissions", {"contents": "read"}) == expected
        assert "secrets." not in (FOLDER / f"{name}.yml").read_text("utf-8")


def test_releases_wait_for_each_other(workflow):
    assert workflow("deploy")["concurrency"] == {"group": "deploy", "cancel-in-progress": False}


def test_the_jobs_environment_is_the_one_that_the_role_trusts(workflow, template):
    environment = workflow("deploy")["jobs"]["deploy"]["environment"]

    assert template["Parameters"]["GitHubEnvironment"]["Default"] == environment


def test_the_steps_call_scripts_with_words_that_they_know(workflow):
    steps = [step["run"] for step in workflow("deploy")["jobs"]["deploy"]["steps"] if "run" in step]
    install, build, release = steps

    assert (ROOT / install.split()[-1]).is_file()
    assert os.access(ROOT / build.split()[0], os.X_OK)
    for migration in ("", "--without-migration"):
        given = {'"$STACK"': "asyncops", '"$TAG"': "v1", "$MIGRATION": migration}
        words = [given.get(word, word) for word in release.split()[1:]]
        done = tool(sys.executable, *filter(None, words), "--help")
        assert done.returncode == 0
        assert "usage: deploy.py release" in done.stdout
    assert "--without-migration" in (FOLDER / "deploy.yml").read_text("utf-8")


def test_the_build_leaves_images_that_are_there_alone(tmp_path):
    """build.sh with stand-ins for `aws` and `docker`: a second run after a broken one does the rest."""
    calls = tmp_path / "calls"
    (tmp_path / "aws").write_text(
        '#!/bin/bash\ncase "$*" in\n'
        '  *AppRepository*) echo "1.dkr.example/asyncops/app" ;;\n'
        '  *FrontendRepository*) echo "1.dkr.example/asyncops/frontend" ;;\n'
        '  *describe-images*"--repository-name asyncops/$THERE "*) ;;\n'
        "  *describe-images*) exit 254 ;;\n"
        "  *get-login-password*) echo password ;;\n"
        "esac\n"
    )
    (tmp_path / "docker").write_text(f'#!/bin/bash\necho "$TAG $APP_REPOSITORY $*" >> {calls}\ncat > /dev/null\n')
    for name in ("aws", "docker"):
        (tmp_path / name).chmod(0o755)
    environment = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "THERE": "app"}

    done = subprocess.run(
        [str(ROOT / "docker/aws/build.sh"), "asyncops", "v1"],
        env=environment,
        stdin=subprocess.DEVNULL,
        check=False,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    login, bake = calls.read_text("utf-8").splitlines()
    assert login.endswith("login --username AWS --password-stdin 1.dkr.example")
    assert bake == ("v1 1.dkr.example/asyncops/app buildx bake --file docker/aws/docker-bake.json --push frontend")
