"""docker/aws/deploy.py, as it is shipped, against AWS on loopback and a site that may be ill."""

import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import boto3
import pytest
from moto.ecs.models import Container, EC2ContainerServiceBackend

from .conftest import CREDENTIALS, ROOT

SERVICES = ("web", "worker", "scheduler", "frontend")


@pytest.fixture
def site():
    """What people would see at the stack's address."""

    site = SimpleNamespace(
        answers={
            "/healthz": ("application/json", '{"status": "ok"}'),
            "/readyz": ("application/json", '{"status": "degraded"}'),
            "/api/config": ("application/json", '{"registration": "invite"}'),
            "/": ("text/html", '<!doctype html><script type="module" src="/assets/index.js"></script>'),
        }
    )

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = site.answers.get(self.path, ("text/html", ""))
            self.send_response(200 if body else 503)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def ecs(monkeypatch, endpoint):
    """What moto's ECS leaves out: deployments end, well or not; tasks end with an exit code and leave log lines."""

    ecs = SimpleNamespace(exit_code=0, gives_up_on=(), never_settles=(), ran=[])

    update, run, make_container = (
        EC2ContainerServiceBackend.update_service,
        EC2ContainerServiceBackend.run_task,
        Container.__init__,
    )

    def update_service(backend, properties):
        wanted, name = properties.get("task_definition"), properties["service"]
        service = update(backend, properties)
        (now,) = [each for each in service.deployments if each["status"] == "PRIMARY"]
        if wanted and wanted != now["taskDefinition"]:
            settled = {**now, "taskDefinition": wanted, "rolloutState": "COMPLETED"}
            if name in ecs.gives_up_on:  # the circuit breaker: the old one is back, and stable
                failed = settled | {"status": "ACTIVE", "rolloutState": "FAILED", "rolloutStateReason": "tasks died"}
                service.deployments = [now, failed]
                service.task_definition = now["taskDefinition"]
            elif name in ecs.never_settles:
                service.deployments = [settled | {"rolloutState": "IN_PROGRESS"}, now | {"status": "ACTIVE"}]
            else:
                service.deployments = [settled]
        elif wanted:  # no new deployment: the running one goes on
            service.deployments = [now | {"rolloutState": "COMPLETED"}]
        return service

    def run_task(backend, *arguments, **named):
        tasks = run(backend, *arguments, **named)
        logs = boto3.client("logs", endpoint_url=endpoint)
        for task in tasks:
            ecs.ran.append(
                (task.overrides["containerOverrides"][0]["command"], task.containers[0].image.split(":")[-1])
            )
            place = {"logGroupName": "/asyncops/manage", "logStreamName": f"manage/manage/{task.id}"}
            logs.create_log_stream(**place)
            logs.put_log_events(**place, logEvents=[{"timestamp": int(time.time() * 1000), "message": "a line of it"}])
        return tasks

    def make(container, definition):
        make_container(container, definition)
        container.exitCode = ecs.exit_code

    monkeypatch.setattr(EC2ContainerServiceBackend, "update_service", update_service)
    monkeypatch.setattr(EC2ContainerServiceBackend, "run_task", run_task)
    # It looks for sizes on containers; ours stand on the task, as Fargate wants it.
    monkeypatch.setattr(EC2ContainerServiceBackend, "_calculate_task_resource_requirements", lambda *_: {})
    monkeypatch.setattr(Container, "__init__", make)
    return ecs


@pytest.fixture
def stack(account, start_stack, ecs, monkeypatch):
    """The stack with release v1, and images of three releases."""
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", "2")
    push(account, outputs := start_stack("v1"), "v1", "v2", "v3")
    for name in SERVICES:
        account("ecs").update_service(cluster="asyncops", service=name, desiredCount=2)
    return outputs


def push(account, outputs, *tags):
    for repository in ("AppRepository", "FrontendRepository"):
        name = outputs[repository].split("/", 1)[1]
        for tag in tags:
            kind = "application/vnd.oci.image.manifest.v1+json"
            config = {"mediaType": kind, "size": 1, "digest": f"sha256:{name}{tag}"}
            manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config, "layers": []})
            account("ecr").put_image(repositoryName=name, imageManifest=manifest, imageTag=tag)


@pytest.fixture
def start(endpoint):
    """Start the script; it is ended with the test."""
    started = []

    def start(*words):
        command = [sys.executable, str(ROOT / "docker/aws/deploy.py"), "--pause", "0.01", *words]
        environment = {"PATH": os.environ["PATH"], **CREDENTIALS, "AWS_ENDPOINT_URL": endpoint, "PYTHONUNBUFFERED": "1"}
        started.append(
            subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, bufsize=1
            )
        )
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def release(endpoint, site, monkeypatch, capsys):
    """Run a release to its end, in this process: exit code and what it said."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.syspath_prepend(ROOT / "docker" / "aws")
    spec = importlib.util.spec_from_file_location("aws_deploy", ROOT / "docker" / "aws" / "deploy.py")
    deploy = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, deploy)
    spec.loader.exec_module(deploy)
    handler = signal.getsignal(signal.SIGTERM)

    def release(tag, *more):
        words = ["--pause", "0.01", "release", tag, *more, "--url", site.url, "--patience", "0"]
        monkeypatch.setattr(sys, "argv", ["deploy.py", *words])
        try:
            deploy.main()
        except SystemExit as end:  # with the text that Python prints before it ends with 1
            return 1, capsys.readouterr().out + str(end.code)
        return 0, capsys.readouterr().out

    yield release
    signal.signal(signal.SIGTERM, handler)


@pytest.fixture
def running(account):
    """The tag that each service runs, and the one that an update of the stack would give it."""

    def running():
        found = account("ecs").describe_services(cluster="asyncops", services=SERVICES)["services"]
        tags = {}
        for service in found:
            definition = account("ecs").describe_task_definition(taskDefinition=service["taskDefinition"])[
                "taskDefinition"
            ]
            tags[service["serviceName"]] = definition["containerDefinitions"][0]["image"].rsplit(":", 1)[1]
        recorded = account("ssm").get_parameter(Name="/asyncops/image-tag")["Parameter"]["Value"]
        return tags | {"recorded": recorded}

    return running


def everything_runs(tag):
    return dict.fromkeys((*SERVICES, "recorded"), tag)


def test_a_release_migrates_and_then_runs_everywhere(stack, ecs, release, running):
    code, said = release("v2")

    assert (code, said.splitlines()[-1]) == (0, "v2 runs.")
    assert "  a line of it" in said.splitlines()
    assert ecs.ran == [(["asyncops", "migrate"], "v2")]
    assert running() == everything_runs("v2")


def test_going_back_leaves_the_schema_as_it_is(stack, ecs, release, running):
    release("v2")
    ecs.ran.clear()

    code, _ = release("v1", "--without-migration")

    assert code == 0
    assert ecs.ran == []
    assert running() == everything_runs("v1")


def test_a_release_changes_nothing_but_the_image(stack, account, release):
    def described():
        return [
            account("ecs").describe_task_definition(taskDefinition=f"asyncops-{name}")["taskDefinition"]
            for name in (*SERVICES, "manage")
        ]

    before = described()
    release("v2")
    after = described()

    for old, new in zip(before, after, strict=True):
        for definition in (old, new):
            for key in ("taskDefinitionArn", "revision", "registeredAt", "registeredBy"):
                definition.pop(key, None)
        container = new["containerDefinitions"][0]
        container["image"] = container["image"].replace(":v2", ":v1")
        assert old["containerDefinitions"] == new["containerDefinitions"]
        assert old["volumes"] == new["volumes"]
        assert old["family"] == new["family"]


def test_the_worker_gets_a_release_first_and_the_frontend_last(stack, release):
    _, said = release("v2")

    begun = [line.split(":")[0] for line in said.splitlines() if ": asyncops-" in line]
    assert begun == ["worker", "web", "scheduler", "frontend"]


def test_a_failing_migration_stops_before_any_service_changes(stack, ecs, release, running):
    ecs.exit_code = 1

    code, said = release("v2")

    assert code == 1
    assert "The migration ended with exit code 1. No service was changed." in said
    assert running() == everything_runs("v1")


def test_a_migration_that_can_not_start_stops_as_well(stack, ecs, release, running):
    ecs.exit_code = None

    code, said = release("v2")

    assert code == 1
    assert "migrate did not run" in said
    assert running() == everything_runs("v1")


def test_a_release_without_images_is_refused_before_the_migration(stack, ecs, release, running):
    code, said = release("v9")

    assert code == 1
    assert "asyncops/app has no image v9" in said
    assert ecs.ran == []
    assert running() == everything_runs("v1")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/healthz", ("application/json", "")),
        ("/readyz", ("application/json", '{"status": "unavailable"}')),
        ("/api/config", ("text/html", "<html><script></script></html>")),
        ("/", ("text/html", "<h1>Welcome to nginx!</h1>")),
    ],
)
def test_a_release_that_looks_ill_goes_back(stack, release, running, site, monkeypatch, path, answer):
    monkeypatch.setitem(site.answers, path, answer)

    code, said = release("v2")

    assert code == 1
    assert "v2 failed, what ran before runs again" in said
    assert f"{site.url}{path}" in said
    assert running() == everything_runs("v1")


def test_a_roll_out_that_ecs_took_back_is_no_success(stack, ecs, release, running):
    ecs.gives_up_on = ("web",)

    code, said = release("v2")

    assert code == 1
    assert "ECS gave up on web. tasks died" in said
    assert running() == everything_runs("v1")


def test_a_release_that_is_cancelled_goes_back(stack, ecs, start, site, running):
    ecs.never_settles = ("web",)
    process = start("release", "v2", "--url", site.url)
    for line in process.stdout:
        if line.startswith("scheduler:"):
            break
    ecs.never_settles = ()

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "Going back" in said
    assert running() == everything_runs("v1")


def test_after_a_killed_release_the_next_one_goes_back_to_the_last_good_one(
    stack, ecs, start, site, release, running, monkeypatch
):
    ecs.never_settles = ("web",)
    process = start("release", "v2", "--url", site.url)
    for line in process.stdout:
        if line.startswith("scheduler:"):
            break
    process.kill()
    process.wait()
    ecs.never_settles = ()
    assert running()["worker"] == "v2"
    monkeypatch.setitem(site.answers, "/healthz", ("application/json", ""))

    code, _ = release("v3")

    assert code == 1
    assert running() == everything_runs("v1")


def test_a_killed_release_can_be_started_again(stack, ecs, start, site, release, running):
    ecs.never_settles = ("web",)
    process = start("release", "v2", "--url", site.url)
    for line in process.stdout:
        if line.startswith("scheduler:"):
            break
    process.kill()
    process.wait()
    ecs.never_settles = ()

    code, _ = release("v2")

    assert code == 0
    assert running() == everything_runs("v2")


def test_the_same_release_again_makes_no_new_revisions(stack, account, release):
    release("v2")
    revisions = account("ecs").list_task_definitions()["taskDefinitionArns"]

    code, _ = release("v2")

    assert code == 0
    assert account("ecs").list_task_definitions()["taskDefinitionArns"] == revisions


def test_the_first_release_migrates_and_lets_the_stack_start_the_services(account, start_stack, ecs, release):
    push(account, start_stack("none"), "v1")

    code, said = release("v1")

    assert code == 0
    assert "Update the stack now" in said
    assert ecs.ran == [(["asyncops", "migrate"], "v1")]
    assert account("ssm").get_parameter(Name="/asyncops/image-tag")["Parameter"]["Value"] == "v1"


@pytest.mark.parametrize("exit_code", [0, 3])
def test_any_command_runs_in_a_task_of_its_own_with_the_release_that_runs(stack, ecs, start, exit_code):
    ecs.exit_code = exit_code

    process = start("run", "create-admin", "--if-missing")
    said, _ = process.communicate(timeout=60)

    assert process.returncode == exit_code
    assert said.splitlines() == ["asyncops create-admin --if-missing ...", "  a line of it"]
    assert ecs.ran == [(["asyncops", "create-admin", "--if-missing"], "v1")]
