"""docker/aws/asyncops.yaml: made whole on loopback, and what moto does not model read from the template itself."""

import ast
import json
import os
import re
import string
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asyncops.config import Settings, rules
from asyncops.heartbeat import beat

from .conftest import CHAT_SECRET, ROOT, SMTP_SECRET, TEMPLATE

APP = ("Web", "Worker", "Scheduler", "Manage")
TASKS = (*APP, "Frontend")
SERVICES = ("web", "worker", "scheduler", "frontend")
NOBODY_IS_TOLD = {"JobsWait", "QueuesAreEmpty"}  # they move workers
LIBPQ = {"PGPASSWORD"}  # read by PostgreSQL's own library


def walk(node):
    """Every mapping in the template, however deep."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(child)


@pytest.fixture(scope="session")
def container(template):
    """The one container of a task definition."""

    def container(task):
        (found,) = template["Resources"][f"{task}Task"]["Properties"]["ContainerDefinitions"]
        return found

    return container


def chosen(entries):
    """The entries of a list, those under a condition too."""
    return [entry["Fn::If"][1] if "Fn::If" in entry else entry for entry in entries]


def test_cfn_lint_finds_nothing():
    done = subprocess.run(
        ["cfn-lint", str(TEMPLATE)],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"},
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# ---- Made on loopback


@pytest.fixture(scope="module")
def stack(start_stack):
    """The outputs of the stack, made once: the tests of this file only look."""
    return start_stack("v1")


def test_the_stack_is_made_whole(account, stack):

    assert stack["Url"] == "https://ops.example.org"
    assert set(account("ecs").list_task_definition_families()["families"]) == {
        f"asyncops-{name.lower()}" for name in TASKS
    }
    services = account("ecs").describe_services(cluster="asyncops", services=SERVICES)["services"]
    assert {service["serviceName"]: service["taskDefinition"].split("/")[-1] for service in services} == {
        name: f"asyncops-{name}:1" for name in SERVICES
    }
    groups = {
        group["logGroupName"]: group["retentionInDays"] for group in account("logs").describe_log_groups()["logGroups"]
    }
    assert groups == dict.fromkeys((f"/asyncops/{name.lower()}" for name in TASKS), 30)


def test_plain_http_is_only_redirected_and_the_api_goes_straight_to_web(account, stack):
    elb = account("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    listeners = {
        each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    }
    targets = {each["TargetGroupArn"]: each for each in elb.describe_target_groups()["TargetGroups"]}

    assert balancer["Scheme"] == "internet-facing"
    assert set(listeners) == {80, 443}
    (redirect,) = listeners[80]["DefaultActions"]
    assert (redirect["Type"], redirect["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")
    assert listeners[443]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-")
    (default,) = listeners[443]["DefaultActions"]
    assert targets[default["TargetGroupArn"]]["Port"] == 8080
    (rule,) = [
        each for each in elb.describe_rules(ListenerArn=listeners[443]["ListenerArn"])["Rules"] if not each["IsDefault"]
    ]
    assert set(rule["Conditions"][0]["PathPatternConfig"]["Values"]) == {
        "/api/*",
        "/admin/jobs",
        "/admin/jobs/*",
        "/healthz",
        "/readyz",
    }
    web, frontend = targets[rule["Actions"][0]["TargetGroupArn"]], targets[default["TargetGroupArn"]]
    assert (web["Port"], web["HealthCheckPath"]) == (8000, "/healthz")
    assert (frontend["Port"], frontend["HealthCheckPath"]) == (8080, "/frontendz")


def test_the_balancer_gives_connections_up_before_gunicorn_does(of_type):
    (balancer,) = of_type("AWS::ElasticLoadBalancingV2::LoadBalancer").values()
    attributes = {each["Key"]: each["Value"] for each in balancer["Properties"]["LoadBalancerAttributes"]}

    assert int(attributes["idle_timeout.timeout_seconds"]) < int(rules()["WEB_KEEPALIVE"].default)


def test_only_the_load_balancer_is_open_and_only_on_443_and_80(account, stack):
    opened = {
        (group["Description"].split(",")[0], rule["FromPort"], rule["ToPort"])
        for group in account("ec2").describe_security_groups()["SecurityGroups"]
        for rule in group["IpPermissions"]
        if rule["IpRanges"] or rule["Ipv6Ranges"] or rule["PrefixListIds"]
    }

    assert opened == {("The load balancer", 443, 443), ("The load balancer", 80, 80)}


def test_the_database_is_private_encrypted_and_doubled(account, stack):
    (database,) = account("rds").describe_db_instances()["DBInstances"]

    assert database["StorageEncrypted"]
    assert database["MultiAZ"]
    assert not database["PubliclyAccessible"]
    assert database["BackupRetentionPeriod"] == 14


def test_images_are_scanned_and_a_tag_stays_what_it_is(of_type):
    repositories = of_type("AWS::ECR::Repository").values()
    assert len(repositories) == 2
    for repository in repositories:
        properties = repository["Properties"]
        assert properties["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert properties["ImageTagMutability"] == "IMMUTABLE"
        assert len(json.loads(properties["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]) == 2


def statements(account, role):
    (name,) = [each["RoleName"] for each in account("iam").list_roles()["Roles"] if f"-{role}-" in each["RoleName"]]
    (policy,) = account("iam").list_role_policies(RoleName=name)["PolicyNames"]
    document = account("iam").get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    document = ast.literal_eval(document)  # moto keeps what CloudFormation gave it as Python wrote it
    return [
        {**each, "Action": [each["Action"]] if isinstance(each["Action"], str) else each["Action"]}
        for each in document["Statement"]
    ]


def test_nothing_may_be_done_to_everything_but_where_aws_knows_no_resource(account, stack):
    unlimited = {
        action
        for role in ("AppExecutionRole", "ManageExecutionRole", "FrontendExecutionRole", "DeployRole")
        for each in statements(account, role)
        if each["Resource"] in ("*", ["*"])
        for action in each["Action"]
    }

    assert unlimited == {
        "ecr:GetAuthorizationToken",
        "ecs:DescribeTaskDefinition",
        "ecs:ListTaskDefinitions",
        "ecs:RegisterTaskDefinition",
    }


def test_each_role_reads_the_secrets_of_its_containers_and_no_others(template, container):
    roles = {}
    for task in TASKS:
        role = template["Resources"][f"{task}Task"]["Properties"]["ExecutionRoleArn"]["Fn::GetAtt"][0]
        wanted = {named(entry["ValueFrom"]) for entry in chosen(container(task).get("Secrets", []))}
        roles[role] = roles.get(role, set()) | wanted
    for role, wanted in roles.items():
        (policy,) = template["Resources"][role]["Properties"]["Policies"]
        read = {
            named(resource)
            for statement in chosen(policy["PolicyDocument"]["Statement"])
            if statement["Action"] == "secretsmanager:GetSecretValue"
            for resource in chosen(statement["Resource"])
        }
        assert read == wanted, role
    assert roles["FrontendExecutionRole"] == set()


def named(value):
    """The resource or parameter that a `Ref` or `Sub` of one name means."""
    return value["Ref"] if "Ref" in value else re.match(r"\$\{(\w+)\}", value["Fn::Sub"])[1]


def test_github_may_deploy_from_one_environment_of_one_repository(account, stack):
    role = account("iam").get_role(RoleName=stack["DeployRoleArn"].split("/")[-1])["Role"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Condition"]["StringEquals"] == {
        "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
        "token.actions.githubusercontent.com:sub": "repo:example/asyncops:environment:production",
    }


# ---- The settings of the tasks


@pytest.mark.parametrize("task", APP)
def test_a_task_has_a_complete_environment_that_the_application_accepts(account, stack, task):
    described = account("ecs").describe_task_definition(taskDefinition=f"asyncops-{task.lower()}")["taskDefinition"]
    (container,) = described["containerDefinitions"]
    environment = {each["name"]: each["value"] for each in container["environment"]}
    secret = {each["name"] for each in container["secrets"]}

    assert set(environment) | secret <= set(rules()) | LIBPQ
    assert not set(environment) & secret
    assert {name for name, rule in rules().items() if rule.required} <= set(environment) | secret
    values = {
        "REDIS_URL": "rediss://:token@queue.example.org:6379/0",
        "SECRET_KEY": "tests-8f1c2b7d4a9e6053-link-key-0",
        "JWT_SECRET_KEY": "tests-3e9a5d0b7c4f8126-token-key-0",
        "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
        "SMTP_URL": "smtp://mail.example.org:587",
        "WORKSPACE_CHAT_URL": "slack://a/b/c",
        "ASYNCOPS_ADMIN_PASSWORD": "correct-horse-1",
    }
    assert secret <= set(values) | LIBPQ
    found = Settings.from_environment(environment | {name: values[name] for name in secret - LIBPQ})
    assert found.in_production
    assert found.base_url == "https://ops.example.org"
    assert found.trusted_proxies == 1
    assert found.registration == "invite"


def test_the_database_is_reached_with_a_password_from_elsewhere_and_over_tls_that_is_verified(account, stack):
    (database,) = account("rds").describe_db_instances()["DBInstances"]
    (container,) = account("ecs").describe_task_definition(taskDefinition="asyncops-web")["taskDefinition"][
        "containerDefinitions"
    ]
    (address,) = [each["value"] for each in container["environment"] if each["name"] == "DATABASE_URL"]
    url = urlsplit(address)

    assert (url.hostname, url.username, url.password) == (database["Endpoint"]["Address"], "asyncops", None)
    assert parse_qs(url.query)["sslmode"] == ["verify-full"]
    (certificate,) = parse_qs(url.query)["sslrootcert"]
    assert f" {certificate}\n" in (ROOT / "docker/aws/Dockerfile").read_text("utf-8")


@pytest.mark.parametrize(("password", "status"), [(None, 200), ("wrong", 503)])
def test_a_database_url_without_a_password_works_with_pgpassword(
    app, make_app, environment, monkeypatch, password, status
):
    url = urlsplit(environment["DATABASE_URL"])
    monkeypatch.setenv("PGPASSWORD", password or url.password)

    apart = make_app(DATABASE_URL=environment["DATABASE_URL"].replace(f":{url.password}@", "@"))

    assert apart.test_client().get("/readyz").status_code == status


def test_the_four_tasks_of_the_application_have_the_same_settings(container):
    web, worker, scheduler, manage = (container(task) for task in APP)

    for key in ("Environment", "Secrets"):
        assert web[key] == worker[key] == scheduler[key]
        more = [each["Name"] for each in manage[key] if each not in web[key]]
        assert [each for each in manage[key] if each in web[key]] == web[key]
        assert more == (["ASYNCOPS_ADMIN_EMAIL"] if key == "Environment" else ["ASYNCOPS_ADMIN_PASSWORD"])


def test_each_task_runs_what_the_procfile_runs(container):
    processes = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())

    commands = {task: " ".join(container(task)["Command"]) for task in APP}
    assert commands.pop("Web") == processes["web"]
    assert commands == {
        "Worker": processes["worker"],
        "Scheduler": processes["scheduler"],
        "Manage": processes["release"],
    }


def test_no_secret_is_given_by_value(container):
    secret = {name for name, rule in rules().items() if rule.secret} - {"DATABASE_URL"}  # it has no password, see above
    for task in TASKS:
        assert not secret & {each["Name"] for each in container(task).get("Environment", [])}, task


@pytest.mark.parametrize("task", TASKS)
def test_a_container_can_write_to_tmp_only_and_has_no_privileges(template, container, task):
    found = container(task)
    properties = template["Resources"][f"{task}Task"]["Properties"]

    assert found["ReadonlyRootFilesystem"] is True
    assert found["LinuxParameters"] == {"InitProcessEnabled": True, "Capabilities": {"Drop": ["ALL"]}}
    assert found["MountPoints"] == [{"SourceVolume": "tmp", "ContainerPath": "/tmp", "ReadOnly": False}]
    assert "Privileged" not in found
    assert "TaskRoleArn" not in properties  # so there are no credentials in the container
    assert found["LogConfiguration"]["Options"]["awslogs-group"] == {"Ref": f"{task}Log"}


# ---- Secrets


def test_secrets_are_made_on_aws_or_composed_of_those_and_stand_nowhere(template, of_type):
    secrets = of_type("AWS::SecretsManager::Secret")
    for name, secret in secrets.items():
        given = secret["Properties"]
        if "GenerateSecretString" in given:
            assert given["GenerateSecretString"]["PasswordLength"] >= 24, name
            assert given["GenerateSecretString"].get("SecretStringTemplate", "{}") == "{}"
        else:
            source = re.search(
                r"\{\{resolve:secretsmanager:\$\{(\w+)\}:SecretString:(\w+)\}\}", given["SecretString"]["Fn::Sub"]
            )
            assert secrets[source[1]]["Properties"]["GenerateSecretString"]["GenerateStringKey"] == source[2]
    assert not [name for name, each in template["Parameters"].items() if each.get("NoEcho")]  # nobody types one in
    shown = json.dumps(template["Outputs"])
    assert "resolve:" not in shown
    assert [name for name in secrets if f'"{name}"' in shown] == [
        "DatabasePassword",
        "AdminPassword",
    ]  # their names, not their texts


def test_database_and_queue_take_their_passwords_from_the_secrets(template):
    database = template["Resources"]["Database"]["Properties"]
    queue = template["Resources"]["Queue"]["Properties"]

    assert database["MasterUserPassword"]["Fn::If"] == [
        "HasSnapshot",
        {"Ref": "AWS::NoValue"},
        {"Fn::Sub": "{{resolve:secretsmanager:${DatabasePassword}:SecretString:password}}"},
    ]
    assert queue["AuthToken"] == {"Fn::Sub": "{{resolve:secretsmanager:${QueueToken}:SecretString:token}}"}


@settings(max_examples=50)
@given(st.text(string.ascii_letters + string.digits, min_size=43, max_size=43))
def test_whatever_aws_makes_as_the_seed_is_an_encryption_key(seed):
    assert rules()["ENCRYPTION_KEY"].parse(f"{seed}=") == (f"{seed}=",)


def test_the_seed_becomes_the_encryption_key_as_tested(template):
    seed = template["Resources"]["EncryptionSeed"]["Properties"]["GenerateSecretString"]
    key = template["Resources"]["EncryptionKey"]["Properties"]["SecretString"]

    assert (seed["PasswordLength"], seed["ExcludePunctuation"]) == (43, True)
    assert key == {"Fn::Sub": "{{resolve:secretsmanager:${EncryptionSeed}:SecretString:seed}}="}


# ---- Data


def test_what_holds_data_is_encrypted_and_kept(template):
    resources = template["Resources"]
    database, queue = resources["Database"], resources["Queue"]

    assert (database["DeletionPolicy"], database["UpdateReplacePolicy"]) == ("Snapshot", "Snapshot")
    assert database["Properties"]["DeletionProtection"] is True
    assert database["Properties"]["StorageEncrypted"] is True
    assert database["Properties"]["EnablePerformanceInsights"] is True
    assert resources["DatabaseParameters"]["Properties"]["Parameters"]["rds.force_ssl"] == "1"
    assert queue["Properties"]["TransitEncryptionEnabled"] is True
    assert queue["Properties"]["TransitEncryptionMode"] == "required"
    assert queue["Properties"]["AtRestEncryptionEnabled"] is True
    assert resources["QueueParameters"]["Properties"]["Properties"]["maxmemory-policy"] == "noeviction"
    for name in ("EncryptionSeed", "EncryptionKey", "DatabasePassword"):  # a snapshot is worth nothing without them
        assert (resources[name]["DeletionPolicy"], resources[name]["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_a_restored_database_brings_name_user_password_and_key(template):
    properties = template["Resources"]["Database"]["Properties"]

    assert properties["DBSnapshotIdentifier"]["Fn::If"][:2] == ["HasSnapshot", {"Ref": "DatabaseSnapshot"}]
    for name in ("DBName", "MasterUsername", "MasterUserPassword", "KmsKeyId"):
        assert properties[name]["Fn::If"][:2] == ["HasSnapshot", {"Ref": "AWS::NoValue"}]


# ---- Services, metrics and alarms


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_rolls_and_goes_back_by_itself(template, service):
    properties = template["Resources"][f"{service.title()}Service"]["Properties"]

    assert properties["DeploymentConfiguration"] == {
        "MinimumHealthyPercent": 100,
        "MaximumPercent": 200,
        "DeploymentCircuitBreaker": {"Enable": True, "Rollback": True},
    }
    network = properties["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == [{"Ref": "PrivateSubnetA"}, {"Ref": "PrivateSubnetB"}]
    scaled = f"{service.title()}Scaling" in template["Resources"]
    assert scaled == ("DesiredCount" not in properties)  # else an update of the stack undoes the scaling


def test_the_filters_make_metrics_of_the_schedulers_line(app, of_type, logged):
    beat(app)
    (line,) = [json.loads(text) for text in logged().splitlines()]

    filters = of_type("AWS::Logs::MetricFilter").values()
    names = set()
    for each in filters:
        (metric,) = each["Properties"]["MetricTransformations"]
        field = metric["MetricValue"].removeprefix("$.")
        assert each["Properties"]["FilterPattern"] == f'{{ $.event = "{line["event"]}" && $.{field} >= 0 }}'
        assert line[field] >= 0
        assert each["Properties"]["LogGroupName"] == {"Ref": "SchedulerLog"}
        names.add(metric["MetricName"])
    assert names == {"JobsWaiting", "SummariesLate", "MessagesLate"}


def test_the_line_is_logged_at_every_level_that_the_template_allows(template, app, logged):
    assert template["Parameters"]["LogLevel"]["AllowedValues"] == ["DEBUG", "INFO"]
    beat(app)
    assert json.loads(logged().splitlines()[0])["level"] == "info"


def test_alarms_look_at_metrics_that_are_made(of_type):
    made = {
        each["Properties"]["MetricTransformations"][0]["MetricName"]
        for each in of_type("AWS::Logs::MetricFilter").values()
    }
    for name, alarm in of_type("AWS::CloudWatch::Alarm").items():
        for metric in walk(alarm["Properties"]):
            if metric.get("Namespace") == {"Fn::Sub": "AsyncOps/${AWS::StackName}"}:
                assert metric["MetricName"] in made, name


def test_every_alarm_tells_somebody_who_finds_in_the_docs_what_to_do(of_type):
    documented = (Path(ROOT) / "docs/aws.md").read_text("utf-8")
    alarms = of_type("AWS::CloudWatch::Alarm")

    assert len(alarms) > 12
    for name, alarm in alarms.items():
        if name in NOBODY_IS_TOLD:
            (action,) = alarm["Properties"]["AlarmActions"]
            assert action["Ref"] in of_type("AWS::ApplicationAutoScaling::ScalingPolicy")
        else:
            assert alarm["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
            assert f"`{name}`" in documented, name


def test_a_silent_scheduler_is_an_alarm(of_type):
    alarm = of_type("AWS::CloudWatch::Alarm")["AlarmNoHeartbeat"]["Properties"]

    assert alarm["TreatMissingData"] == "breaching"


# ---- The docs


def test_the_docs_name_parameters_and_outputs_that_exist(template):
    documented = (ROOT / "docs/aws.md").read_text("utf-8")
    given = set(re.findall(r"^ +([A-Z][a-z][A-Za-z]+)=", documented, re.MULTILINE))

    assert given
    assert given <= set(template["Parameters"])
    needed = {name for name, each in template["Parameters"].items() if "Default" not in each}
    assert needed <= given
    for name in re.findall(r"^\| `([A-Z][A-Za-z]+)` \|", documented, re.MULTILINE):
        assert name in template["Parameters"] or name in template["Resources"], name


def test_what_operators_give_as_secrets_reaches_the_tasks(account, stack):
    (container,) = account("ecs").describe_task_definition(taskDefinition="asyncops-worker")["taskDefinition"][
        "containerDefinitions"
    ]
    given = {each["name"]: each["valueFrom"] for each in container["secrets"]}

    assert (given["SMTP_URL"], given["WORKSPACE_CHAT_URL"]) == (SMTP_SECRET, CHAT_SECRET)


def test_the_images_are_built_from_the_targets_with_the_tags_of_the_stack():
    bake = json.loads((ROOT / "docker/aws/docker-bake.json").read_text("utf-8"))
    script = (ROOT / "docker/aws/build.sh").read_text("utf-8")

    for name in ("app", "frontend"):
        target = bake["target"][name]
        (base,) = target["contexts"].values()
        assert bake["target"][base.removeprefix("target:")]["target"] == name
        assert target["tags"] == [f"${{{name.upper()}_REPOSITORY}}:${{TAG}}"]
        assert f"output {name.title()}Repository" in script
    assert set(bake["variable"]) == {"TAG", "APP_REPOSITORY", "FRONTEND_REPOSITORY"}
