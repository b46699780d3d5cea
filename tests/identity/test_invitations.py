"""/api/users/invitations: asking somebody to join"""

import pytest
import time_machine

INVITATIONS = "/api/users/invitations"


@pytest.fixture
def administrator(sign_in, admin):
    return sign_in(admin)


@time_machine.travel("2026-03-02T09:00:00Z", tick=False)
def test_an_invitation_comes_back_with_its_link(invite, admin):
    answer = invite(" New@example.org ", role="admin")

    assert answer.status_code == 201
    assert answer.json == {
        "id": answer.json["id"],
        "email": "New@example.org",
        "role": "admin",
        "invited_by_id": admin.id,
        "created_at": "2026-03-02T09:00:00.000000Z",
        "expires_at": "2026-03-09T09:00:00.000000Z",
        "sent_at": None,
        "link": answer.json["link"],
    }
    assert answer.json["link"].startswith("http://localhost:8000/register#token=")


def test_who_is_invited_becomes_a_member_unless_said_otherwise(invite):
    assert invite().json["role"] == "member"


def test_links_begin_with_the_public_address(make_app, app, administrator):
    there = make_app(PUBLIC_URL="https://ops.example.org/team/").test_client()
    there.environ_base["HTTP_AUTHORIZATION"] = administrator.environ_base["HTTP_AUTHORIZATION"]

    link = there.post(INVITATIONS, json={"email": "new@example.org"}).json["link"]

    assert link.startswith("https://ops.example.org/team/register#token=")


def test_the_link_goes_by_mail(invite, work, mails, administrator, text_of):
    link = invite().json["link"]
    work()

    (mail,) = mails()
    assert mail["To"] == "new@example.org"
    assert "AsyncOps" in mail["Subject"]
    assert link in text_of(mail).split()
    (listed,) = administrator.get(INVITATIONS).json["items"]
    assert listed["sent_at"] is not None


def test_running_the_job_again_writes_no_second_mail(invite, work, mails, enqueue):
    invitation_id = invite().json["id"]
    work()
    assert len(mails()) == 1
    mails.clear()

    enqueue("identity.send_invitation", invitation_id)
    work()

    assert mails() == []


def test_a_lost_job_is_swept_up_after_half_a_minute(invite, work, mails, enqueue, lose_redis, text_of):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        link = invite().json["link"]
        lose_redis()
        for moment, sent in (("09:00:30", 0), ("09:00:31", 1)):
            now.move_to(f"2026-03-02T{moment}Z")
            enqueue("outbox.send_due")
            work()
            assert len(mails()) == sent

    assert link in text_of(mails()[0])


def test_an_invitation_withdrawn_before_its_mail_is_not_sent(invite, administrator, work, mails):
    administrator.delete(f"{INVITATIONS}/{invite().json['id']}")
    work()

    assert mails() == []


def test_the_list_is_newest_first_with_working_links(invite, administrator, register, token_in):
    invitations = [invite(f"{name}@example.org").json for name in "abc"]

    answer = administrator.get(INVITATIONS)

    assert answer.json["items"] == invitations[::-1]
    assert answer.json["total"] == 3
    token = token_in(answer.json["items"][0]["link"])
    assert register(email="c@example.org", invitation_token=token).status_code == 201


def test_the_list_has_pages(invite, administrator):
    for name in "abc":
        invite(f"{name}@example.org")

    first = administrator.get(f"{INVITATIONS}?limit=2")
    rest = administrator.get(f"{INVITATIONS}?limit=2&cursor={first.json['next_cursor']}")

    assert [item["email"][0] for page in (first, rest) for item in page.json["items"]] == ["c", "b", "a"]


@pytest.mark.parametrize("again", ["new@example.org", "NEW@example.org", " new@example.org"])
def test_an_open_invitation_stands_in_the_way_of_another(invite, administrator, again):
    invite("new@example.org")

    answer = invite(again)

    assert answer.status_code == 409
    assert answer.json["code"] == "already_invited"
    assert administrator.get(INVITATIONS).json["total"] == 1


def test_of_several_for_one_email_at_once_one_is_made(app, administrator, while_held):
    token = {"Authorization": administrator.environ_base["HTTP_AUTHORIZATION"]}

    def invite():
        client = app.test_client(use_cookies=False)
        return client.post(INVITATIONS, json={"email": "new@example.org"}, headers=token).status_code

    answers = while_held("LOCK TABLE invitations IN SHARE MODE", invite, invite, invite)

    assert sorted(answers) == [201, 409, 409]


def test_after_its_expiry_another_may_be_made(sign_in, admin):
    def invite(email="new@example.org"):
        return sign_in(admin).post(INVITATIONS, json={"email": email})

    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        invite()
        invite("also-lapsed@example.org")
        now.move_to("2026-03-09T08:59:59Z")
        assert invite().status_code == 409
        now.move_to("2026-03-09T09:00:00Z")
        assert invite().status_code == 201
        listed = sign_in(admin).get(INVITATIONS).json["items"]

    assert [item["email"] for item in listed] == ["new@example.org", "also-lapsed@example.org"]


def test_inviting_the_old_address_of_a_person_keeps_the_record_of_how_they_joined(
    sign_in, admin, register, token_in, sql
):
    def invite():
        return sign_in(admin).post(INVITATIONS, json={"email": "new@example.org"})

    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        register(invitation_token=token_in(invite().json["link"]))
        sql("UPDATE users SET email = 'renamed@example.org' WHERE email = 'new@example.org'")
        now.move_to("2026-03-10T09:00:00Z")
        assert invite().status_code == 201

    assert sql("SELECT count(*) FROM invitations") == 2


def test_after_a_withdrawal_another_may_be_made(invite, administrator):
    administrator.delete(f"{INVITATIONS}/{invite().json['id']}")

    assert invite().status_code == 201


def test_who_has_an_account_is_not_invited(invite, member):
    answer = invite("MAX@example.org")

    assert answer.status_code == 409
    assert answer.json["detail"] == "Email already registered"


def test_a_withdrawn_invitation_is_gone(invite, administrator):
    url = f"{INVITATIONS}/{invite().json['id']}"

    answer = administrator.delete(url)

    assert (answer.status_code, answer.data) == (204, b"")
    assert administrator.get(INVITATIONS).json["items"] == []
    assert administrator.delete(url).status_code == 404


def test_an_accepted_invitation_is_neither_listed_nor_withdrawn(invite, administrator, register, token_in):
    invitation = invite().json
    register(invitation_token=token_in(invitation["link"]))

    assert administrator.get(INVITATIONS).json["items"] == []
    answer = administrator.delete(f"{INVITATIONS}/{invitation['id']}")
    assert answer.status_code == 404
    assert answer.json["detail"] == "Invitation not found"


def test_one_that_is_accepted_at_that_moment_is_not_withdrawn(invite, administrator, while_held, sql):
    url = f"{INVITATIONS}/{invite().json['id']}"

    answers = while_held("UPDATE invitations SET accepted_at = now()", lambda: administrator.delete(url).status_code)

    assert answers == [404]
    assert sql("SELECT count(*) FROM invitations") == 1


@pytest.mark.parametrize("number", ["0", "2147483647", "2147483648", "x"])
def test_what_was_never_made_is_not_found(administrator, number):
    assert administrator.delete(f"{INVITATIONS}/{number}").status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "email"),
        ({"email": "a\0@example.org"}, "email"),
        ({"role": "owner"}, "role"),
        ({"role": None}, "role"),
        ({"role": ""}, "role"),
    ],
)
def test_a_bad_field_is_named(invite, administrator, body, field):
    answer = invite(**{"email": "new@example.org"} | body)

    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
    assert administrator.get(INVITATIONS).json["items"] == []


def test_a_member_may_neither_see_nor_make_nor_withdraw_one(invite, administrator, sign_in, member):
    invitation = invite().json
    client = sign_in(member)

    for answer in (
        client.get(INVITATIONS),
        client.post(INVITATIONS, json={"email": "friend@example.org"}),
        client.delete(f"{INVITATIONS}/{invitation['id']}"),
        client.delete(f"{INVITATIONS}/2147483647"),
    ):
        assert answer.status_code == 403
        assert answer.json["detail"] == "Only an administrator may do this"
    assert administrator.get(INVITATIONS).json["items"] == [invitation]


def test_nobody_may_not_either(client):
    assert client.get(INVITATIONS).status_code == 401
    assert client.post(INVITATIONS, json={"email": "friend@example.org"}).status_code == 401
    assert client.delete(f"{INVITATIONS}/1").status_code == 401
