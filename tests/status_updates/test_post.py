"""POST /api/status"""

import pytest


def test_a_post_comes_back_whole(sign_in, member):
    answer = sign_in(member).post(
        "/api/status", json={"title": " Shipped the importer ", "content": "It **works**.\n", "tags": ["import", "done"]}
    )

    assert answer.status_code == 201
    body = answer.json
    assert body["title"] == "Shipped the importer"
    assert body["content"] == "It **works**.\n"
    assert body["tags"] == ["import", "done"]
    assert body["user"]["full_name"] == "Max Member"
    assert body["user_id"] == member.id
    assert body["created_at"] == body["updated_at"]
    assert answer.headers["ETag"] == '"v1"'


@pytest.mark.parametrize(
    "content",
    ["x" * 10_000, "Привет 👋🏽 \u202bעברית\u202c\r\n\ttabs  ", "<script>alert(1)</script>", "a\u0301 \u2028 \u00a0b"],
)
def test_markdown_comes_back_exactly_as_sent(sign_in, member, content):
    client = sign_in(member)
    posted = client.post("/api/status", json={"title": "t", "content": content}).json

    assert client.get(f"/api/status/{posted['id']}").json["content"] == content
