"""Bad input of every kind is a 4xx and never a 500: schemathesis over the whole document."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from asyncops.app import create_app
from asyncops.config import Settings
from asyncops.extensions import limiter

EXAMPLES = 12
"""For each operation, of good input and of bad."""

CONFIG = SchemathesisConfig.from_dict(
    {
        "checks": {
            # A record may be missing or in another state, and some rules are finer than a schema can say.
            "positive_data_acceptance": {"expected-statuses": ["2xx", 400, 403, 404, 409, 412, 422]},
        }
    }
)

# Only to know at collection which operations there are; nothing connects to these addresses.
DOCUMENTED = create_app(
    Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
            "REDIS_URL": "redis://127.0.0.1:1/0",
            "SECRET_KEY": "document-8f1c2b7d4a9e6053-link-key",
            "JWT_SECRET_KEY": "document-3e9a5d0b7c4f8126-token-key",
            "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
        }
    )
)
PATHS = DOCUMENTED.test_client().get("/api/openapi.json").json["paths"]
OPERATIONS = [
    (method, path, mode)
    for path, item in PATHS.items()
    for method, operation in item.items()
    if method != "parameters"
    for mode in GenerationMode
    # What takes no input can't be given bad input.
    if mode.is_positive or "requestBody" in operation or operation.get("parameters") or item.get("parameters")
]


def test_every_operation_has_a_name_of_its_own():
    names = [
        operation["operationId"]
        for item in PATHS.values()
        for method, operation in item.items()
        if method != "parameters"
    ]

    assert len(set(names)) == len(names) > 40
    assert {"getIncidents", "postIncidents", "patchIncidentStatus"} <= set(names)
    assert all(name.isidentifier() for name in names)


@pytest.fixture(scope="module")
def document(make_app):
    return schemathesis.openapi.from_wsgi("/api/openapi.json", make_app(), config=CONFIG)


@pytest.mark.parametrize(
    ("method", "path", "mode"),
    OPERATIONS,
    ids=[f"{method} {path} {mode.value}" for method, path, mode in OPERATIONS],
)
def test_no_input_is_a_failure(document, sign_in, make_user, method, path, mode, monkeypatch):
    monkeypatch.setattr(
        limiter, "enabled", False
    )  # all applications share it: the document's own setting does not last
    operation = document[path][method.upper()]
    admin = make_user(role="admin")
    token = sign_in(admin).environ_base["HTTP_AUTHORIZATION"]
    # Guessed credentials are well-formed and still wrong.
    unless = [positive_data_acceptance] if path == "/api/auth/login" else []

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def run(case):
        nonlocal token
        if path == "/api/auth/logout":
            token = sign_in(make_user()).environ_base["HTTP_AUTHORIZATION"]
        case.call_and_validate(headers={"Authorization": token}, excluded_checks=unless)

    run()
