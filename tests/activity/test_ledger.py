"""GET /api/activity, and that nobody can rewrite it."""

import psycopg
import pytest

PASSWORD = "correct-horse-1"
UPSERT = (
    "INSERT INTO activity (id, action, subject_type, subject_id, subject_title) OVERRIDING SYSTEM VALUE "
    "SELECT id, 'x.y', 'user', 1, 'x' FROM activity ON CONFLICT (id) DO UPDATE SET action = 'x.y'"
)


@pytest.fixture
def ledger(sign_in, other):
    """The ledger as anybody reads it, without the making of the test's own people."""
    client = sign_in(other)

    def ledger(**query):
        answer = client.get("/api/activity", query_string=query)
        assert answer.status_code == 200, answer.json
        return [item for item in answer.json["items"] if item["action"] != "user.registered"]

    return ledger


@pytest.fixture
def author(sign_in, member):
    return sign_in(member)


@pytest.fixture
def posted(author):
    body = {"title": "First", "content": "Text", "tags": ["a"]}
    return author.post("/api/status", json=body, headers={"X-Request-ID": "request-1"}).json


def test_a_write_leaves_who_what_and_when(ledger, posted, member):
    (act,) = ledger()

    assert act == {
        "id": act["id"],
        "action": "status_update.created",
        "actor": {
            "id": member.id,
            "email": member.email,
            "full_name": "Max Member",
            "role": "member",
            "is_active": True,
        },
        "subject_type": "status_update",
        "subject_id": posted["id"],
        "subject_title": "First",
        "changes": [],
        "request_id": "request-1",
        "occurred_at": act["occurred_at"],
    }
    assert act["occurred_at"] >= posted["created_at"]


def test_an_edit_leaves_each_value_before_and_after(author, ledger, posted):
    author.patch(f"/api/status/{posted['id']}", json={"title": "Second", "content": "Text", "tags": ["b", "c"]})

    assert ledger()[0]["changes"] == [
        {"field": "title", "old": "First", "new": "Second"},
        {"field": "tags", "old": ["a"], "new": ["b", "c"]},
    ]


def test_what_changes_nothing_or_is_refused_leaves_nothing(author, ledger, posted, sign_in, admin):
    author.patch(f"/api/status/{posted['id']}", json={"title": "First"})
    sign_in(admin).patch(f"/api/status/{posted['id']}", json={"title": "Mine"})
    author.post("/api/status", json={"title": ""})

    assert [act["action"] for act in ledger()] == ["status_update.created"]


def test_the_history_of_a_record_outlives_it(author, ledger, posted):
    author.post("/api/status", json={"title": "Another", "content": "x"})
    author.delete(f"/api/status/{posted['id']}")

    history = ledger(subject_type="status_update", subject_id=posted["id"])

    assert [act["action"] for act in history] == ["status_update.deleted", "status_update.created"]


def test_accounts_roles_invitations_and_summaries_are_in_it_too(ledger, sign_in, admin, member):
    boss = sign_in(admin)
    boss.patch(f"/api/users/{member.id}", json={"role": "admin", "is_active": False, "full_name": "Max M."})
    boss.patch(f"/api/users/{member.id}", json={"is_active": True})
    invitation = boss.post("/api/users/invitations", json={"email": "new@example.org"}).json
    boss.delete(f"/api/users/invitations/{invitation['id']}")
    boss.post("/api/users/me/change-password", json={"current_password": PASSWORD, "new_password": "another-horse-2"})
    boss.post("/api/summaries/generate")

    acts = ledger(actor_id=admin.id)

    assert [act["action"] for act in reversed(acts)] == [
        "user.updated",
        "user.role_changed",
        "user.deactivated",
        "user.reactivated",
        "user.invited",
        "user.invitation_withdrawn",
        "user.password_changed",
        "summary.generated",
    ]
    told = {act["action"]: act["changes"] for act in acts}
    assert told["user.role_changed"] == [{"field": "role", "old": "member", "new": "admin"}]
    assert told["user.deactivated"] == [{"field": "is_active", "old": True, "new": False}]
    assert told["user.password_changed"] == []


def test_what_the_system_does_has_no_actor(sign_in, member):
    (act, *_) = sign_in(member).get("/api/activity?action=user.registered").json["items"]

    assert (act["actor"], act["subject_title"]) == (None, "Max Member")  # made on the command line


def test_filters(author, ledger, posted, member, other, sign_in):
    other_post = sign_in(other).post("/api/status", json={"title": "Other", "content": "x"}).json
    author.patch(f"/api/status/{posted['id']}", json={"title": "Second"})

    assert [act["subject_id"] for act in ledger(actor_id=other.id)] == [other_post["id"]]
    assert [act["action"] for act in ledger(action="status_update.updated")] == ["status_update.updated"]
    assert ledger(subject_type="incident") == []
    assert ledger(start_date="2100-01-01") == []
    assert ledger(end_date="2020-01-01") == []
    assert len(ledger(start_date="2020-01-01", end_date="2100-01-01")) == 3


@pytest.mark.parametrize("query", ["subject_type=dog", "action=x", "action=a.b%00", "actor_id=0", "start_date=x"])
def test_a_bad_parameter_is_named(sign_in, member, query):
    answer = sign_in(member).get(f"/api/activity?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]


def test_the_cursor_walks_through_everything_once(author, sign_in, other, posted):
    for number in range(5):
        author.patch(f"/api/status/{posted['id']}", json={"title": str(number)})
    client = sign_in(other)
    whole = [act["id"] for act in client.get("/api/activity?limit=100").json["items"]]

    walked, url = [], "/api/activity?limit=2"
    while url:
        page = client.get(url).json
        walked += [act["id"] for act in page["items"]]
        url = page["next_cursor"] and f"/api/activity?limit=2&cursor={page['next_cursor']}"

    assert walked == whole == sorted(whole, reverse=True)


@pytest.mark.usefixtures("posted")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE activity SET action = 'x.y'",
        "UPDATE activity SET actor_id = NULL WHERE id > 0",
        "DELETE FROM activity",
        "TRUNCATE activity CASCADE",
        "TRUNCATE users CASCADE",
        UPSERT,
    ],
)
def test_the_database_refuses_to_rewrite_it(environment, ledger, statement):
    before = ledger()

    with (
        psycopg.connect(environment["DATABASE_URL"].replace("+psycopg", "")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="append-only"),
    ):
        connection.execute(statement)

    assert ledger() == before
