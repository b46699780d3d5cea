"""Nobody changes their own standing, and there is always an administrator."""

import pytest

DEMOTION = {"role": "member"}
DEACTIVATION = {"is_active": False}


@pytest.fixture
def administrator(sign_in, admin):
    return sign_in(admin)


@pytest.fixture
def second(make_user):
    """A second administrator."""
    return make_user("Ben Backup", role="admin", email="ben@example.org")


@pytest.fixture(params=[DEMOTION, DEACTIVATION], ids=["demotion", "deactivation"])
def removal(request):
    return request.param


def test_one_of_two_administrators_may_be_removed(administrator, second, removal):
    answer = administrator.patch(f"/api/users/{second.id}", json=removal)

    assert answer.status_code == 200
    assert answer.json.items() >= removal.items()


def test_nobody_removes_themselves(administrator, admin, second, removal):
    url = f"/api/users/{admin.id}"

    answer = administrator.patch(url, json={"full_name": "Not stored"} | removal)

    assert answer.status_code == 400
    assert answer.json["code"] == "own_role"
    after = administrator.get(url)
    assert (after.json["full_name"], after.json["role"], after.json["is_active"]) == ("Ada Admin", "admin", True)
    assert after.headers["ETag"] == '"v1"'


def test_one_may_name_oneself_and_repeat_what_one_is(administrator, admin):
    body = {"full_name": "Ada Lovelace", "role": "admin", "is_active": True}

    answer = administrator.patch(f"/api/users/{admin.id}", json=body)

    assert answer.status_code == 200
    assert answer.json["full_name"] == "Ada Lovelace"


def test_the_last_administrator_stays(administrator, admin, member, removal):
    answer = administrator.patch(f"/api/users/{admin.id}", json=removal)

    assert answer.status_code == 400
    assert answer.json["code"] == "last_admin"
    assert administrator.get("/api/users?role=admin&is_active=true").json["total"] == 1


def test_a_deactivated_administrator_does_not_count(administrator, admin, second, removal):
    administrator.patch(f"/api/users/{second.id}", json=DEACTIVATION)

    answer = administrator.patch(f"/api/users/{admin.id}", json=removal)

    assert answer.status_code == 400
    assert answer.json["code"] == "last_admin"


def test_a_deactivated_administrator_may_be_demoted_and_let_in_again(administrator, admin, second, is_signed_in):
    url = f"/api/users/{second.id}"
    administrator.patch(url, json=DEACTIVATION)

    assert administrator.patch(url, json=DEMOTION).status_code == 200
    assert administrator.patch(url, json={"is_active": True, "role": "admin"}).status_code == 200
    assert is_signed_in(administrator)


@pytest.mark.parametrize("seen", [True, False], ids=["seen lately", "just signed in"])
def test_of_two_who_remove_each_other_at_once_one_stays(
    administrator, admin, second, sign_in, while_held, removal, sql, seen
):
    clients, targets = [administrator, sign_in(second)], [second, admin]
    if seen:
        for client in clients:
            client.get("/api/users/me")

    answers = while_held(
        "SELECT id FROM users FOR UPDATE",
        *(
            lambda c=client, t=target: c.patch(f"/api/users/{t.id}", json=removal).status_code
            for client, target in zip(clients, targets, strict=True)
        ),
    )

    assert sql("SELECT count(*) FROM users WHERE role = 'admin' AND is_active") == 1
    assert sorted(answers) == [200, 400]


def test_two_who_remove_a_third_at_once_both_succeed(administrator, second, make_user, sign_in, while_held):
    third = make_user(role="admin")
    clients = [administrator, sign_in(second)]
    for client in clients:
        client.get("/api/users/me")

    url = f"/api/users/{third.id}"
    answers = while_held(
        "SELECT id FROM users FOR UPDATE",
        *(lambda c=client: c.patch(url, json=DEMOTION).status_code for client in clients),
    )

    assert answers == [200, 200]
    assert administrator.get(url).headers["ETag"] == '"v2"'
