"""POST /api/users/me/change-password"""

import pytest

NEW = "battery-staple-2"
NEWER = "battery-staple-3"


@pytest.fixture
def change(password):
    def change(client, current=password, new=NEW):
        body = {"current_password": current, "new_password": new}
        return client.post("/api/users/me/change-password", json=body)

    return change


def test_the_new_password_opens_and_the_old_one_does_not(sign_in, member, change, try_password, password):
    answer = change(sign_in(member))

    assert answer.status_code == 200
    assert answer.json.keys() == {"message"}
    assert try_password(member, NEW) == 200
    assert try_password(member, password) == 401


def test_this_session_goes_on_and_others_end(sign_in, browser, member, other, change, is_signed_in):
    this, second, third, stranger = sign_in(member), sign_in(member), browser(member), sign_in(other)

    change(this)

    assert is_signed_in(this)
    assert second.get("/api/users/me").json["code"] == "session_ended"
    assert not is_signed_in(third)
    assert is_signed_in(stranger)


def test_a_browser_keeps_its_session_too(sign_in, browser, member, change, is_signed_in):
    this, second = browser(member), sign_in(member)

    assert change(this).status_code == 200

    assert is_signed_in(this)
    assert not is_signed_in(second)


def test_twice_in_a_row_from_one_session(sign_in, member, change, client, is_signed_in, try_password):
    this = sign_in(member)
    change(this)
    between = client.post("/api/auth/login", json={"email": member.email, "password": NEW}).json["access_token"]

    assert change(this, current=NEW, new=NEWER).status_code == 200

    assert is_signed_in(this)
    bearer = {"Authorization": f"Bearer {between}"}
    assert client.get("/api/users/me", headers=bearer).status_code == 401
    assert try_password(member, NEWER) == 200


def test_a_later_change_from_another_session_ends_the_kept_one(app, sign_in, member, change, is_signed_in):
    first = sign_in(member)
    change(first)
    second = app.test_client()
    signed_in = second.post("/api/auth/login", json={"email": member.email, "password": NEW})
    second.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {signed_in.json['access_token']}"

    change(second, current=NEW, new=NEWER)

    assert is_signed_in(second)
    assert not is_signed_in(first)


def test_the_kept_session_can_sign_out(sign_in, member, change, is_signed_in):
    this = sign_in(member)
    change(this)

    assert this.post("/api/auth/logout").status_code == 200

    assert not is_signed_in(this)


def test_a_wrong_current_password_changes_nothing(sign_in, member, change, is_signed_in, try_password, password):
    this, second = sign_in(member), sign_in(member)

    answer = change(this, current="wrong-horse-1")

    assert answer.status_code == 400
    assert answer.json["detail"] == "Current password is incorrect"
    assert is_signed_in(second)
    assert try_password(member, password) == 200
    assert try_password(member, NEW) == 401


@pytest.mark.parametrize("field", ["current_password", "new_password"])
@pytest.mark.parametrize("value", [None, "", 7, "a1" * 501])
def test_a_bad_field_is_named(sign_in, member, password, field, value):
    body = {"current_password": password, "new_password": NEW, field: value}

    answer = sign_in(member).post("/api/users/me/change-password", json=body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_a_refused_new_password_ends_no_session(sign_in, member, change, is_signed_in, try_password, password):
    this, second = sign_in(member), sign_in(member)

    assert change(this, new="short").status_code == 422

    assert is_signed_in(second)
    assert try_password(member, password) == 200


def test_of_two_sessions_that_change_it_at_once_one_wins(sign_in, member, change, while_held, is_signed_in):
    sessions = [sign_in(member), sign_in(member)]
    assert all(is_signed_in(client) for client in sessions)

    answers = while_held(
        "SELECT id FROM users FOR UPDATE",
        *(
            lambda c=client, n=new: change(c, new=n).status_code
            for client, new in zip(sessions, (NEW, NEWER), strict=True)
        ),
    )

    assert sorted(answers) == [200, 400]
    assert [is_signed_in(client) for client in sessions] == [answer == 200 for answer in answers]


def test_nobody_has_no_password_to_change(client, change):
    assert change(client).status_code == 401
