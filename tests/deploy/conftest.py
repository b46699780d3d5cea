"""AWS on loopback: moto's server, and the whole stack made in it from the template."""

import copy
import json
import logging
import os
from functools import cache
from pathlib import Path

import boto3
import pytest
import requests
from cfnlint.decode import decode
from moto.rds.models import DBParameterGroup
from moto.server import ThreadedMotoServer

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "docker" / "aws" / "asyncops.yaml"
REGION = "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_DEFAULT_REGION": REGION}
SMTP_SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:smtp"
KEY = f"arn:aws:kms:{REGION}:123456789012:key/own"
CHAT_SECRET = f"arn:aws:secretsmanager:{REGION}:123456789012:secret:chat"


@pytest.fixture(scope="session")
def template():
    """The template as CloudFormation reads it, with the long names of its functions."""
    read, faults = decode(str(TEMPLATE))
    assert not faults
    return json.loads(json.dumps(read))


@pytest.fixture(scope="session")
def of_type(template):
    """The resources of a type, by name."""
    return lambda kind: {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


@pytest.fixture(scope="session")
def endpoint():
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    logging.getLogger("moto").setLevel(logging.ERROR)
    patch = pytest.MonkeyPatch()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        patch.delenv(name)
    for name, value in CREDENTIALS.items():
        patch.setenv(name, value)
    # moto gives Ref of a parameter group as an object.
    patch.setattr(DBParameterGroup, "physical_resource_id", property(lambda group: group.name), raising=False)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    patch.undo()


@pytest.fixture(scope="session")
def account(endpoint):
    """A client of a service."""
    return cache(lambda service: boto3.client(service, endpoint_url=endpoint))


@pytest.fixture(scope="session")
def start_stack(endpoint, account, template):
    """Empty the account and create the stack `asyncops`, with services where a tag is given; gives its outputs."""
    # moto's CloudFormation knows no secrets: a topic stands in, whose Ref is an ARN too.
    modelled = copy.deepcopy(template)
    for resource in modelled["Resources"].values():
        if resource["Type"] == "AWS::SecretsManager::Secret":
            resource.clear()
            resource["Type"] = "AWS::SNS::Topic"

    def start_stack(tag="v1", **parameters):
        requests.post(f"{endpoint}/moto-api/reset", timeout=30).raise_for_status()
        account("ssm").put_parameter(Name="/asyncops/image-tag", Value=tag, Type="String")
        given = {
            "DomainName": "ops.example.org",
            "CertificateArn": account("acm").request_certificate(DomainName="ops.example.org")["CertificateArn"],
            "AdminEmail": "ada@example.org",
            "MailFrom": "AsyncOps <asyncops@example.org>",
            "SmtpUrlSecretArn": SMTP_SECRET,
            "WorkspaceChatUrlSecretArn": CHAT_SECRET,
            "GitHubRepository": "example/asyncops",
            "KmsKeyArn": KEY,
        } | parameters
        account("cloudformation").create_stack(
            StackName="asyncops",
            TemplateBody=json.dumps(modelled),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()],
            Capabilities=["CAPABILITY_IAM"],
        )
        (stack,) = account("cloudformation").describe_stacks(StackName="asyncops")["Stacks"]
        assert stack["StackStatus"] == "CREATE_COMPLETE"
        return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    return start_stack
