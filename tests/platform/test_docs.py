"""The generated OpenAPI document and the page that shows it."""

import re

import pytest


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json


def test_the_page_loads_only_what_we_serve(client):
    with client.get("/api/docs") as page:
        links = re.findall(r'(?:src|href)="([^"]+)"', page.text)

    assert len(links) == 4
    for link in links:
        assert link.startswith("/api/docs/")
        with client.get(link) as asset:
            assert asset.status_code == 200
            assert len(asset.data) > 100
    assert "<script>" not in page.text


def test_other_files_are_not_served(client):
    assert client.get("/api/docs/assets/index.html").status_code == 404
    assert client.get("/api/docs/assets/..%2f__init__.py").status_code == 404


def test_authorize_works_with_email_and_password(client, document, member):
    flow = document["components"]["securitySchemes"]["password"]["flows"]["password"]

    answer = client.post(
        flow["tokenUrl"],
        data={"grant_type": "password", "username": member.email, "password": "correct-horse-1", "scope": ""},
    )

    assert answer.json["token_type"] == "bearer"
    token = answer.json["access_token"]
    assert client.get("/api/users/me", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_every_operation_says_what_it_does_and_how_it_fails(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method != "parameters":
                assert operation["summary"], (method, path)
                assert "application/problem+json" in str(operation["responses"]["default"]) + str(
                    document["components"]["responses"]["DEFAULT_ERROR"]
                )


def test_schemas_have_plain_names(document):
    names = set(document["components"]["schemas"])

    assert {"User", "StatusUpdate", "StatusUpdateIn", "StatusUpdatePatch", "StatusUpdatePage", "Problem"} <= names
    assert not [name for name in names if re.search(r"\d|Out$", name)]


def test_an_operation_that_creates_documents_its_query_beside_the_key(document):
    parameters = document["paths"]["/api/summaries/generate"]["post"]["parameters"]

    assert {(parameter["in"], parameter["name"]) for parameter in parameters} == {
        ("query", "summary_date"),
        ("query", "force_update"),
        ("header", "Idempotency-Key"),
    }
