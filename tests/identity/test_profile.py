"""GET and PATCH /api/users/me"""

import pytest
import time_machine

ME = "/api/users/me"


@pytest.fixture
def me(sign_in, member):
    return sign_in(member)


def test_the_profile_is_the_callers_own(me, member, other):
    answer = me.get(ME)

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"v1"'
    assert (answer.json["id"], answer.json["email"], answer.json["full_name"]) == (
        member.id,
        "max@example.org",
        "Max Member",
    )
    assert answer.json.keys() == {
        "id",
        "email",
        "full_name",
        "role",
        "is_active",
        "timezone",
        "created_at",
        "updated_at",
    }


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"full_name": " Max Muster "}, {"full_name": "Max Muster"}),
        ({"email": " Max.Muster@example.org "}, {"email": "Max.Muster@example.org"}),
        ({"timezone": "Europe/Madrid"}, {"timezone": "Europe/Madrid"}),
        ({"full_name": "M", "timezone": "Asia/Tokyo"}, {"full_name": "M", "timezone": "Asia/Tokyo"}),
    ],
)
def test_only_what_is_sent_changes(me, sent, stored):
    before = me.get(ME).json

    answer = me.patch(ME, json=sent)

    assert answer.status_code == 200
    assert answer.json == before | stored | {"updated_at": answer.json["updated_at"]}
    assert answer.json["updated_at"] > before["updated_at"]
    assert answer.headers["ETag"] == '"v2"'
    assert me.get(ME).json == answer.json


@pytest.mark.parametrize("body", [{}, {"full_name": "Max Member"}, {"timezone": "UTC"}, {"nonsense": 1}])
def test_an_edit_that_changes_nothing_leaves_no_trace(me, body):
    before = me.get(ME).json

    answer = me.patch(ME, json=body)

    assert (answer.status_code, answer.json, answer.headers["ETag"]) == (200, before, '"v1"')


@pytest.mark.parametrize(
    "field", [{"role": "admin"}, {"is_active": False}, {"id": 7}, {"version": 7}, {"password_hash": "x"}]
)
def test_nobody_gives_themselves_rights(me, field):
    before = me.get(ME).json

    answer = me.patch(ME, json=field)

    assert (answer.status_code, answer.json) == (200, before)
    assert me.get("/api/users").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": None},
        {"full_name": " "},
        {"full_name": "x" * 256},
        {"full_name": "a\nb"},
        {"full_name": "a\0"},
        {"email": None},
        {"email": "nobody"},
        {"email": "a\0@example.org"},
        {"email": ""},
        {"timezone": None},
        {"timezone": ""},
        {"timezone": "Mars/Phobos"},
        {"timezone": "europe/madrid "},
        {"timezone": "../../etc/passwd"},
        {"timezone": "UTC\0"},
        {"timezone": "x" * 65},
        {"timezone": 1},
    ],
)
def test_a_bad_field_is_named_and_nothing_changes(me, body):
    before = me.get(ME).json

    answer = me.patch(ME, json={"full_name": "Not stored"} | body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(body)
    assert me.get(ME).json == before


@pytest.mark.parametrize("taken", ["olga@example.org", "OLGA@example.org"])
def test_anothers_email_is_taken(me, other, taken):
    before = me.get(ME).json

    answer = me.patch(ME, json={"email": taken, "full_name": "Not stored"})

    assert answer.status_code == 409
    assert answer.json["detail"] == "Email already registered"
    assert me.get(ME).json == before


def test_ones_own_email_may_change_its_case(me):
    assert me.patch(ME, json={"email": "MAX@example.org"}).json["email"] == "MAX@example.org"


def test_of_two_who_take_one_email_at_once_one_gets_it(sign_in, member, other, while_held):
    clients = [sign_in(member), sign_in(other)]

    answers = while_held(
        "SELECT id FROM users FOR UPDATE",
        *(lambda c=client: c.patch(ME, json={"email": "wanted@example.org"}).status_code for client in clients),
    )

    assert sorted(answers) == [200, 409]


def test_one_signs_in_with_the_new_email_and_not_with_the_old(me, client, password):
    me.patch(ME, json={"email": "new@example.org"})

    for email, status in (("new@example.org", 200), ("max@example.org", 401)):
        assert client.post("/api/auth/login", json={"email": email, "password": password}).status_code == status
    assert me.get(ME).status_code == 200


def test_an_unchanged_profile_is_not_sent_again(me):
    etag = me.get(ME).headers["ETag"]

    answer = me.get(ME, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.data) == (304, b"")
    me.patch(ME, json={"full_name": "Max Muster"})
    assert me.get(ME, headers={"If-None-Match": etag}).status_code == 200


def test_a_stale_edit_shows_the_profile_as_it_is(me):
    current = me.patch(ME, json={"full_name": "Max Muster"}).json

    answer = me.patch(ME, json={"full_name": "Max Meier"}, headers={"If-Match": '"v1"'})

    assert answer.status_code == 412
    assert answer.json["current"] == current
    assert me.get(ME).json == current
    assert me.patch(ME, json={"full_name": "Max Meier"}, headers={"If-Match": 'W/"v2"'}).status_code == 200


def test_of_several_edits_of_one_version_at_once_one_wins(me, while_held, app):
    token = me.environ_base["HTTP_AUTHORIZATION"]

    def edit(name):
        headers = {"If-Match": '"v1"', "Authorization": token}
        return app.test_client(use_cookies=False).patch(ME, json={"full_name": name}, headers=headers).status_code

    answers = while_held("SELECT id FROM users FOR UPDATE", *(lambda n=name: edit(n) for name in "abcd"))

    assert sorted(answers) == [200, 412, 412, 412]


def test_several_edits_at_once_without_a_condition_all_go_through(me, while_held, app):
    token = me.environ_base["HTTP_AUTHORIZATION"]

    def edit(name):
        headers = {"Authorization": token}
        return app.test_client(use_cookies=False).patch(ME, json={"full_name": name}, headers=headers).status_code

    answers = while_held("SELECT id FROM users FOR UPDATE", *(lambda n=name: edit(n) for name in "abcd"))

    assert answers == [200] * 4
    assert me.get(ME).headers["ETag"] == '"v5"'


def test_an_edit_keeps_the_time_of_joining(sign_in, make_user):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        client = sign_in(make_user())
    with time_machine.travel("2026-03-02T10:00:00Z", tick=False):
        edited = client.patch(ME, json={"full_name": "Later"}).json

    assert edited["created_at"] == "2026-03-02T09:00:00.000000Z"
    assert edited["updated_at"] == "2026-03-02T10:00:00.000000Z"


def test_nobody_has_no_profile(client):
    assert client.get(ME).status_code == 401
    assert client.patch(ME, json={"full_name": "x"}).status_code == 401
