"""POST /api/status"""

import pytest

HEBREW = "\u202b\u05e2\u05d1\u05e8\u05d9\u05ea\u202c"


@pytest.fixture
def post(sign_in, member):
    client = sign_in(member)

    def post(**body):
        return client.post("/api/status", json={"title": "Shipped", "content": "It works."} | body)

    return post


def test_a_post_comes_back_whole(post, member):
    answer = post(title=" Shipped the importer ", content="It **works**.\n", tags=["import", "done"])

    assert answer.status_code == 201
    body = answer.json
    assert body["title"] == "Shipped the importer"
    assert body["content"] == "It **works**.\n"
    assert body["tags"] == ["import", "done"]
    assert body["user"] == {
        "id": member.id,
        "email": member.email,
        "full_name": "Max Member",
        "role": "member",
        "is_active": True,
    }
    assert body["user_id"] == member.id
    assert body["created_at"] == body["updated_at"]
    assert answer.headers["ETag"] == '"v1"'


@pytest.mark.parametrize(
    "content",
    ["x" * 10_000, "Привет 👋🏽 " + HEBREW + "\r\n\ttabs  ", "<script>alert(1)</script>", "a\u0301 \u2028 \u00a0b"],
    ids=["long", "scripts", "html", "combining"],
)
def test_markdown_comes_back_exactly_as_sent(post, sign_in, other, content):
    posted = post(content=content).json

    assert sign_in(other).get(f"/api/status/{posted['id']}").json["content"] == content


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "x" * 201}, "title"),
        ({"title": "  "}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"title": "nul\0"}, "title"),
        ({"title": None}, "title"),
        ({"title": 7}, "title"),
        ({"content": "x" * 10_001}, "content"),
        ({"content": " \n\t"}, "content"),
        ({"content": "nul\0"}, "content"),
        ({"content": None}, "content"),
        ({"tags": "a"}, "tags"),
        ({"tags": ["ok", ""]}, "tags.1"),
        ({"tags": ["ok", None]}, "tags.1"),
        ({"tags": ["a,b"]}, "tags.0"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"tags": [str(number) for number in range(21)]}, "tags"),
    ],
)
def test_a_bad_field_is_named(post, body, field):
    answer = post(**body)

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "invalid"
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize("tags", [None, []])
def test_null_tags_are_no_tags(post, tags):
    assert post(tags=tags).json["tags"] == []


def test_tags_are_stripped_and_counted_once(post):
    assert post(tags=[" a ", "b", "a"]).json["tags"] == ["a", "b"]


def test_the_longest_tags_fit(post):
    tags = [f"{number:02}" + "x" * 48 for number in range(20)]

    assert post(tags=tags).json["tags"] == tags


def test_unknown_fields_are_ignored(post, other):
    answer = post(user_id=other.id, id=99_999, version=7, nonsense=True)

    assert answer.status_code == 201
    assert answer.json["user_id"] != other.id
    assert answer.json["id"] != 99_999


def test_nobody_may_not_post(client):
    answer = client.post("/api/status", json={"title": "t", "content": "c"})

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
