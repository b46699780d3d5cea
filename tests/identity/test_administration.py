"""PATCH /api/users/<id>"""

import pytest


@pytest.fixture
def administrator(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def url(member):
    return f"/api/users/{member.id}"


@pytest.mark.parametrize(
    "body",
    [
        {"full_name": "Max Muster"},
        {"role": "admin"},
        {"is_active": False},
        {"full_name": "Max Muster", "role": "admin", "is_active": False},
    ],
)
def test_an_administrator_changes_what_is_sent(administrator, url, body):
    before = administrator.get(url).json

    answer = administrator.patch(url, json=body)

    assert answer.status_code == 200
    assert answer.json == before | body | {"updated_at": answer.json["updated_at"]}
    assert answer.json["updated_at"] > before["updated_at"]
    assert answer.headers["ETag"] == '"v2"'
    assert administrator.get(url).json == answer.json


@pytest.mark.parametrize(
    "body", [{}, {"role": "member", "is_active": True}, {"email": "x@example.org", "timezone": "Asia/Tokyo", "id": 7}]
)
def test_an_edit_that_changes_nothing_leaves_no_trace(administrator, url, body):
    before = administrator.get(url).json

    answer = administrator.patch(url, json=body)

    assert (answer.status_code, answer.json, answer.headers["ETag"]) == (200, before, '"v1"')


@pytest.mark.parametrize(
    "body",
    [
        {"role": "owner"},
        {"role": None},
        {"role": ""},
        {"is_active": None},
        {"is_active": "yes"},
        {"is_active": 2},
        {"full_name": None},
        {"full_name": " "},
        {"full_name": "x" * 256},
        {"full_name": "a\0"},
    ],
)
def test_a_bad_field_is_named_and_nothing_changes(administrator, url, body):
    before = administrator.get(url).json

    answer = administrator.patch(url, json={"full_name": "Not stored", "role": "admin"} | body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(body)
    assert administrator.get(url).json == before


@pytest.mark.parametrize("body", [{"full_name": "Mine"}, {"role": "admin"}, {"is_active": False}, {}])
def test_members_may_change_neither_others_nor_themselves(administrator, sign_in, member, other, body):
    client = sign_in(other)

    for user in (member, other):
        before = administrator.get(f"/api/users/{user.id}").json
        answer = client.patch(f"/api/users/{user.id}", json=body)
        assert answer.status_code == 403
        assert answer.json["detail"] == "Only an administrator may do this"
        assert administrator.get(f"/api/users/{user.id}").json == before
    assert client.patch("/api/users/2147483647", json=body).status_code == 403


def test_nobody_may_not_change_anybody(client, url):
    assert client.patch(url, json={"role": "admin"}).status_code == 401


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "x"])
def test_who_never_was_is_not_found(administrator, number):
    assert administrator.patch(f"/api/users/{number}", json={"full_name": "x"}).status_code == 404


def test_accounts_can_not_be_deleted(administrator, url):
    assert administrator.delete(url).status_code == 405
    assert administrator.get(url).status_code == 200


def test_a_new_role_counts_at_once_on_an_old_token(administrator, sign_in, member, url):
    client = sign_in(member)
    assert client.get("/api/users").status_code == 403

    administrator.patch(url, json={"role": "admin"})
    assert client.get("/api/users").status_code == 200

    administrator.patch(url, json={"role": "member"})
    assert client.get("/api/users").status_code == 403
    assert client.get("/api/users/me").json["role"] == "member"


def test_deactivation_ends_every_session_at_once(administrator, sign_in, browser, member, url):
    sessions = [sign_in(member), browser(member)]

    administrator.patch(url, json={"is_active": False})

    for client in sessions:
        answer = client.get("/api/users/me")
        assert answer.status_code == 403
        assert answer.json["detail"] == "User account is inactive"
        assert client.post("/api/status", json={"title": "t", "content": "c"}).status_code == 403


def test_reactivation_lets_in_again_but_revives_no_session(administrator, sign_in, member, url, is_signed_in):
    before = sign_in(member)
    administrator.patch(url, json={"is_active": False})

    administrator.patch(url, json={"is_active": True})

    answer = before.get("/api/users/me")
    assert answer.status_code == 401
    assert answer.json["code"] == "session_ended"
    assert is_signed_in(sign_in(member))


def test_not_even_the_session_that_a_password_change_had_kept(
    administrator, sign_in, member, url, is_signed_in, password
):
    kept = sign_in(member)
    body = {"current_password": password, "new_password": "battery-staple-2"}
    kept.post("/api/users/me/change-password", json=body)

    administrator.patch(url, json={"is_active": False})
    administrator.patch(url, json={"is_active": True})

    assert not is_signed_in(kept)


def test_other_edits_end_no_session(administrator, sign_in, member, url, is_signed_in):
    client = sign_in(member)

    administrator.patch(url, json={"full_name": "Max Muster", "role": "admin", "is_active": True})

    assert is_signed_in(client)


def test_a_stale_edit_shows_the_account_as_it_is(administrator, url):
    current = administrator.patch(url, json={"full_name": "Max Muster"}).json

    answer = administrator.patch(url, json={"is_active": False}, headers={"If-Match": '"v1"'})

    assert answer.status_code == 412
    assert answer.json["current"].items() <= current.items()
    assert administrator.get(url).json == current


@pytest.mark.parametrize("etag", ['"v1"', 'W/"v1"', '"v7", "v1"', "*"])
def test_an_edit_of_the_current_version_goes_through(administrator, url, etag):
    assert administrator.patch(url, json={"role": "admin"}, headers={"If-Match": etag}).status_code == 200


def test_of_several_edits_of_one_version_at_once_one_wins(app, administrator, url, while_held):
    token = administrator.environ_base["HTTP_AUTHORIZATION"]

    def edit(name):
        headers = {"If-Match": '"v1"', "Authorization": token}
        return app.test_client(use_cookies=False).patch(url, json={"full_name": name}, headers=headers).status_code

    answers = while_held("SELECT id FROM users FOR UPDATE", *(lambda n=name: edit(n) for name in "abcd"))

    assert sorted(answers) == [200, 412, 412, 412]


def test_an_edit_by_the_person_that_came_first_is_not_lost(administrator, member, url, while_held):
    administrator.get("/api/users/me")

    (answer,) = while_held(
        "UPDATE users SET timezone = 'Asia/Tokyo', version = version + 1 WHERE id = :id",
        lambda: administrator.patch(url, json={"role": "admin"}),
        id=member.id,
    )

    assert answer.status_code == 200
    assert (answer.json["role"], answer.json["timezone"], answer.headers["ETag"]) == ("admin", "Asia/Tokyo", '"v3"')
