"""GET /api/users, /api/users/<id> and /api/users/for-assignment"""

import pytest

USERS = "/api/users"


@pytest.fixture
def administrator(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def people(make_user, administrator, admin):
    """Ada Admin, the administrator who looks, and four more; Bea is deactivated."""
    made = {
        "bea": make_user("bea bold", email="bea@example.org"),
        "Cid": make_user("Cid Cold", email="old_cid@example.org", role="admin"),
        "cid": make_user("cid cold", email="zoe@example.org"),
        "percent": make_user("100% Émile", email="emile@example.org"),
    }
    administrator.patch(f"{USERS}/{made['bea'].id}", json={"is_active": False})
    return made


def names(answer):
    assert answer.status_code == 200, answer.json
    items = answer.json if isinstance(answer.json, list) else answer.json["items"]
    return [item["full_name"] for item in items]


ALL = ["100% Émile", "Ada Admin", "bea bold", "Cid Cold", "cid cold"]


def test_everybody_by_name_without_regard_to_case_and_the_id_decides(administrator, people):
    answer = administrator.get(USERS)

    assert names(answer) == ALL
    assert answer.json["total"] == 5


def test_administrators_see_who_was_seen_when(administrator, people, admin):
    items = {item["id"]: item for item in administrator.get(USERS).json["items"]}

    assert items[admin.id]["last_seen_at"] is not None
    assert items[people["cid"].id]["last_seen_at"] is None
    assert items[admin.id].keys() == {
        "id",
        "email",
        "full_name",
        "role",
        "is_active",
        "timezone",
        "created_at",
        "updated_at",
        "last_seen_at",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("role=admin", ["Ada Admin", "Cid Cold"]),
        ("role=member", ["100% Émile", "bea bold", "cid cold"]),
        ("is_active=false", ["bea bold"]),
        ("is_active=true", ["100% Émile", "Ada Admin", "Cid Cold", "cid cold"]),
        ("search=COLD", ["Cid Cold", "cid cold"]),
        ("search=zoe", ["cid cold"]),  # the e-mail
        ("search=EXAMPLE.ORG", ALL),
        ("search=old", ["bea bold", "Cid Cold", "cid cold"]),
        ("search=éMILE", ["100% Émile"]),
        ("search=%25", ["100% Émile"]),
        ("search=_", ["Cid Cold"]),
        ("search=%5C", []),
        ("search=a%25n", []),
        ("search=d_%40", []),
        ("search=+cid+", ["Cid Cold", "cid cold"]),
        ("search=+", ALL),
        ("search=%27%3B+DROP+TABLE+users", []),
        ("role=member&is_active=true&search=cold", ["cid cold"]),
        ("nonsense=1", ALL),
    ],
)
def test_filters(administrator, people, query, found):
    answer = administrator.get(f"{USERS}?{query}")

    assert names(answer) == found
    assert answer.json["total"] == len(found)


def test_pages_and_cursors_walk_through_everybody_once(administrator, people):
    pages = [administrator.get(f"{USERS}?limit=2&page={page}") for page in (1, 2, 3, 4)]
    assert [names(page) for page in pages] == [ALL[:2], ALL[2:4], ALL[4:], []]
    assert [page.json["total"] for page in pages] == [5] * 4

    seen, cursor = [], pages[0].json["next_cursor"]
    while cursor:
        answer = administrator.get(f"{USERS}?limit=2&cursor={cursor}")
        seen += names(answer)
        cursor = answer.json["next_cursor"]
    assert seen == ALL[2:]


@pytest.mark.parametrize("query", ["role=owner", "is_active=maybe", "search=%00", "page=0", "limit=101", "cursor=x"])
def test_a_bad_parameter_is_named(administrator, query):
    answer = administrator.get(f"{USERS}?{query}")

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [query.split("=")[0]]


def test_one_account_has_an_etag(administrator, people):
    url = f"{USERS}/{people['cid'].id}"

    answer = administrator.get(url)

    assert answer.json["email"] == "zoe@example.org"
    assert answer.json["last_seen_at"] is None
    assert answer.headers["ETag"] == '"v1"'
    assert administrator.get(url, headers={"If-None-Match": '"v1"'}).status_code == 304
    administrator.patch(url, json={"full_name": "Cid"})
    assert administrator.get(url, headers={"If-None-Match": '"v1"'}).status_code == 200


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "9" * 30, "x"])
def test_who_never_was_is_not_found(administrator, number):
    answer = administrator.get(f"{USERS}/{number}")

    assert answer.status_code == 404
    assert answer.content_type == "application/problem+json"


def test_members_may_not_look(administrator, sign_in, people, admin):
    client = sign_in(people["cid"])

    for path in ("", f"/{admin.id}", f"/{people['cid'].id}", "/2147483647"):
        answer = client.get(USERS + path)
        assert answer.status_code == 403
        assert answer.json["detail"] == "Only an administrator may do this"


def test_nobody_may_not_look_at_anything(client, admin):
    for path in ("", f"/{admin.id}", "/for-assignment"):
        assert client.get(USERS + path).status_code == 401


@pytest.fixture
def picker(sign_in, people):
    return sign_in(people["cid"])


def test_members_pick_from_active_people_by_name(picker, people):
    answer = picker.get(f"{USERS}/for-assignment")

    assert names(answer) == ["100% Émile", "Ada Admin", "Cid Cold", "cid cold"]
    assert isinstance(answer.json, list)
    assert answer.json[3]["id"] == people["cid"].id
    assert not any({"last_seen_at", "password_hash"} & person.keys() for person in answer.json)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("COLD", ["Cid Cold", "cid cold"]),
        ("zoe@", ["cid cold"]),
        ("old", ["Cid Cold", "cid cold"]),
        ("bea", []),
        ("%", ["100% Émile"]),
        ("_", ["Cid Cold"]),
        ("\\", []),
        (" ", ["100% Émile", "Ada Admin", "Cid Cold", "cid cold"]),
    ],
)
def test_picking_by_a_part_of_name_or_email(picker, search, found):
    assert names(picker.get(f"{USERS}/for-assignment", query_string={"search": search})) == found


def test_everybody_active_is_offered_at_once(make_user, sign_in):
    people = [make_user() for _ in range(25)]

    assert len(sign_in(people[0]).get(f"{USERS}/for-assignment?limit=5&page=2").json) == 25


@pytest.mark.parametrize("search", ["\0", "x" * 201])
def test_a_bad_search_is_named(picker, search):
    answer = picker.get(f"{USERS}/for-assignment", query_string={"search": search})

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == ["search"]


def mentions(client, search=""):
    answer = client.get(f"{USERS}/for-assignment?search={search}")
    assert answer.status_code == 200
    return {item["email"]: item["mention"] for item in answer.json}


def test_a_picker_offers_what_mentions_each_person(administrator, people, admin):
    assert mentions(administrator) == {
        "emile@example.org": "@emile",
        "ada@example.org": "@ada",
        "old_cid@example.org": "@old_cid",
        "zoe@example.org": "@zoe",
    }


def test_who_shares_a_name_is_mentioned_by_the_whole_address(administrator, make_user, admin):
    make_user("Zoe One", email="zoe@example.org")
    make_user("Zoe Two", email="ZOE@example.com")
    both = {"zoe@example.org": "@zoe@example.org", "ZOE@example.com": "@ZOE@example.com"}

    assert mentions(administrator, "Zoe") == both
    assert mentions(administrator, "Zoe One") == {"zoe@example.org": "@zoe@example.org"}, "the other is only not shown"


def test_who_was_deactivated_shares_no_name(administrator, make_user):
    make_user("Zoe One", email="zoe@example.org")
    gone = make_user("Zoe Two", email="zoe@example.com")
    administrator.patch(f"{USERS}/{gone.id}", json={"is_active": False})

    assert mentions(administrator, "Zoe") == {"zoe@example.org": "@zoe"}
