"""Bring a release to the running stack, and run one-off tasks in it. See docs/aws.md.

python deploy.py release v1.2.0                 migrate, roll out, look, go back if it looks ill
python deploy.py run create-admin --if-missing  any command of `asyncops`, in a task of its own
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import boto3

import smoke

ORDER = (("worker",), ("web", "scheduler"), ("frontend",))
"""Who gets a release first: a worker knows the jobs that the new web enqueues, web the requests of the new frontend."""

POLL_SECONDS = 5
TASK_SECONDS = 3600  # a migration may rewrite a large table
ROLLOUT_SECONDS = 1200
SEARCHED_REVISIONS = 20

DESCRIBED_ONLY = {
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
    "deleteRequestedAt",
}
"""What ECS tells of a task definition and takes in none."""


@cache
def _client(service: str) -> Any:
    return boto3.client(service)


class DeployError(Exception):
    """The release is not out; the text says why, and what runs now."""


@dataclass(frozen=True)
class Stack:
    """A stack of docker/aws/asyncops.yaml, through its outputs."""

    outputs: dict[str, str]
    pause: float = POLL_SECONDS

    @classmethod
    def read(cls, name: str, pause: float) -> Stack:
        """Look the stack up by its name."""
        (found,) = _client("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return cls({output["OutputKey"]: output["OutputValue"] for output in found["Outputs"]}, pause)

    @property
    def cluster(self) -> str:
        """The ECS cluster's name."""
        return self.outputs["Cluster"]

    def image(self, container: str, tag: str) -> str:
        """The image that a container runs at a release."""
        return f"{self.outputs['FrontendRepository' if container == 'frontend' else 'AppRepository']}:{tag}"

    def wait(self, what: str, seconds: float, done: Callable[[], bool]) -> None:
        """Ask again and again until it is done; raises DeployError when time is up."""
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() >= deadline:
                raise DeployError(f"{what}: not done after {seconds:.0f} s.")
            time.sleep(self.pause)


def release(stack: Stack, tag: str, url: str, patience: float, *, migrate: bool) -> None:
    """Migrate, roll out, look; where the roll-out or the look fails, go back to what ran before.

    May be started again at any point, also after it was killed: each step is one that can be repeated.
    """
    _want_images(stack, tag)
    if migrate and (code := run_once(stack, ["migrate"], tag)):
        raise DeployError(f"The migration ended with exit code {code}. No service was changed.")
    recorded = _recorded_tag(stack)
    services = _services(stack)
    if not services:
        _record(stack, tag)
        print(f"There are no services yet. Update the stack now: they start with {tag}.")
        return
    before = {name: _good_revision(stack, service, recorded) for name, service in services.items()}
    try:
        for group in ORDER:
            wanted = {name: _revision_for(stack, services[name]["taskDefinition"], tag) for name in group}
            _roll_out(stack, wanted)
        smoke.look(url, patience=patience)
    except BaseException as error:  # also when somebody cancels: half a release must not stay
        print(f"{tag} fails: {error or type(error).__name__}\nGoing back ...", flush=True)
        try:
            _roll_out(stack, before)
        except DeployError as stuck:
            raise DeployError(f"{tag} failed ({error}), and going back did not end well. {stuck}") from error
        if isinstance(error, DeployError | smoke.SmokeError):
            raise DeployError(f"{tag} failed, what ran before runs again. {error}") from error
        raise
    _record(stack, tag)  # from here on an update of the stack keeps this release
    print(f"{tag} runs.")


def run_once(stack: Stack, command: list[str], tag: str | None = None) -> int:
    """Run `asyncops` with these words in a task of its own, print what it logged, and give its exit code.

    With a tag in that release's image, else in the one that runs.
    """
    ecs = _client("ecs")
    definition = _revision_for(stack, stack.outputs["ManageFamily"], tag or _recorded_tag(stack))
    network = {
        "subnets": stack.outputs["ManageSubnets"].split(","),
        "securityGroups": [stack.outputs["ManageSecurityGroup"]],
        "assignPublicIp": "DISABLED",
    }
    print(f"asyncops {' '.join(command)} ...", flush=True)
    started = ecs.run_task(
        cluster=stack.cluster,
        taskDefinition=definition,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
        overrides={"containerOverrides": [{"name": "manage", "command": ["asyncops", *command]}]},
    )
    if not started["tasks"]:
        raise DeployError(f"The task was not started: {started['failures']}")
    arn = started["tasks"][0]["taskArn"]
    task: dict[str, Any] = {}

    def stopped() -> bool:
        task.update(ecs.describe_tasks(cluster=stack.cluster, tasks=[arn])["tasks"][0])
        return bool(task["lastStatus"] == "STOPPED")

    stack.wait(f"asyncops {command[0]} ({arn})", TASK_SECONDS, stopped)
    for line in _log_lines(stack, arn.split("/")[-1]):
        print(f"  {line}")
    code = task["containers"][0].get("exitCode")
    if code is None:  # it never ran: no image, no secret, no room
        raise DeployError(f"asyncops {command[0]} did not run: {task.get('stoppedReason')}. No service was changed.")
    return int(code)


def _log_lines(stack: Stack, task_id: str) -> Iterator[str]:
    logs = _client("logs")
    place = {"logGroupName": stack.outputs["ManageLog"], "logStreamName": f"manage/manage/{task_id}"}
    token: dict[str, str] = {}
    try:
        while True:
            page = logs.get_log_events(**place, startFromHead=True, **token)
            yield from (event["message"] for event in page["events"])
            if token.get("nextToken") == page["nextForwardToken"]:
                return
            token = {"nextToken": page["nextForwardToken"]}
    except logs.exceptions.ResourceNotFoundException:  # a task that never started has written nothing
        return


def _want_images(stack: Stack, tag: str) -> None:
    ecr = _client("ecr")
    for container in ("web", "frontend"):
        repository = stack.image(container, tag).split("/", 1)[1].rsplit(":", 1)[0]
        try:
            ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        except ecr.exceptions.ImageNotFoundException:
            raise DeployError(f"{repository} has no image {tag}. No service was changed.") from None


def _services(stack: Stack) -> dict[str, dict[str, Any]]:
    names = [name for group in ORDER for name in group]
    found = _client("ecs").describe_services(cluster=stack.cluster, services=names)["services"]
    there = {service["serviceName"]: service for service in found if service["status"] == "ACTIVE"}
    if there and len(there) < len(names):
        raise DeployError(f"Of {names} only {sorted(there)} are there: update the stack first.")
    return there


def _image_of(definition: dict[str, Any]) -> str:
    return str(definition["containerDefinitions"][0]["image"])


def _revision_for(stack: Stack, base: str, tag: str) -> str:
    """A revision that differs from `base` in its image alone; `base` itself if it does not differ."""
    ecs = _client("ecs")
    definition = ecs.describe_task_definition(taskDefinition=base)["taskDefinition"]
    image = stack.image(definition["containerDefinitions"][0]["name"], tag)
    if _image_of(definition) == image:
        return str(definition["taskDefinitionArn"])
    made = {key: value for key, value in definition.items() if key not in DESCRIBED_ONLY}
    made["containerDefinitions"][0]["image"] = image
    return str(ecs.register_task_definition(**made)["taskDefinition"]["taskDefinitionArn"])


def _good_revision(stack: Stack, service: dict[str, Any], recorded: str) -> str:
    """What to go back to: what runs, or, where a killed release left its own, the newest with the recorded tag."""
    ecs = _client("ecs")
    current = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])["taskDefinition"]
    good = stack.image(current["containerDefinitions"][0]["name"], recorded)
    if _image_of(current) != good:
        newest = ecs.list_task_definitions(familyPrefix=current["family"], sort="DESC", maxResults=SEARCHED_REVISIONS)
        for arn in newest["taskDefinitionArns"]:
            if _image_of(ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"]) == good:
                return str(arn)
    return str(current["taskDefinitionArn"])


def _roll_out(stack: Stack, wanted: dict[str, str]) -> None:
    """Let the services run these revisions, and wait until nothing else runs; raises DeployError if one gives up."""
    ecs = _client("ecs")
    for name, revision in wanted.items():
        print(f"{name}: {revision.split('/')[-1]}", flush=True)
        ecs.update_service(cluster=stack.cluster, service=name, taskDefinition=revision)

    begun: set[str] = set()

    def settled() -> bool:
        found = ecs.describe_services(cluster=stack.cluster, services=list(wanted))["services"]
        states = [_is_settled(service, wanted[service["serviceName"]], begun) for service in found]  # each may raise
        return all(states)

    stack.wait(f"The services {', '.join(wanted)}", ROLLOUT_SECONDS, settled)


def _is_settled(service: dict[str, Any], revision: str, begun: set[str]) -> bool:
    """Whether nothing but the revision runs; raises DeployError where ECS has gone back from it by itself."""
    name, deployments = service["serviceName"], service["deployments"]
    primary = next(each for each in deployments if each["status"] == "PRIMARY")
    if primary["taskDefinition"] == revision:
        begun.add(name)
    # When tasks die or stay ill, ECS returns to the old ones and then calls the service stable: that is no success.
    failed = [each for each in deployments if each["taskDefinition"] == revision and each["rolloutState"] == "FAILED"]
    if failed or (name in begun and primary["taskDefinition"] != revision):
        why = [each["rolloutStateReason"] for each in failed] + [event["message"] for event in service["events"][:3]]
        raise DeployError(f"ECS gave up on {name}. {' '.join(why)}")
    return (
        primary["taskDefinition"] == revision
        and len(deployments) == 1
        and primary["rolloutState"] == "COMPLETED"
        and service["runningCount"] == service["desiredCount"]
    )


def _recorded_tag(stack: Stack) -> str:
    ssm = _client("ssm")
    return str(ssm.get_parameter(Name=stack.outputs["ImageTagParameter"])["Parameter"]["Value"])


def _record(stack: Stack, tag: str) -> None:
    _client("ssm").put_parameter(Name=stack.outputs["ImageTagParameter"], Value=tag, Overwrite=True)


def main() -> None:
    """Read the command line; exit code 1 with one line where something failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stack", default="asyncops", help="default: asyncops")
    parser.add_argument("--pause", type=float, default=POLL_SECONDS, help="seconds between two looks at AWS")
    commands = parser.add_subparsers(dest="command", required=True)
    releasing = commands.add_parser("release", help="migrate, roll out, look, go back if it looks ill")
    releasing.add_argument("tag", help="of both images")
    releasing.add_argument(
        "--without-migration",
        action="store_true",
        help="to go back: an older release can work with the newest schema, but knows no migration to it",
    )
    releasing.add_argument("--url", help="where to look; default: the stack's address")
    releasing.add_argument("--patience", type=float, default=smoke.PATIENCE_SECONDS, help="seconds to answer well")
    running = commands.add_parser("run", help="run a command of asyncops in a task of its own")
    running.add_argument("words", nargs=argparse.REMAINDER, help="such as create-admin --if-missing")
    asked = parser.parse_args()

    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Told to stop."))  # an exception, so that a release goes back
    try:
        stack = Stack.read(asked.stack, asked.pause)
        if asked.command == "run":
            sys.exit(run_once(stack, asked.words))
        address = asked.url or stack.outputs["Url"]
        release(stack, asked.tag, address, asked.patience, migrate=not asked.without_migration)
    except DeployError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
