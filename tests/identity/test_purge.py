"""identity.purge_expired deletes what lets nobody in any more, and nothing else."""

import pytest
import time_machine


@pytest.fixture
def now():
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as now:
        yield now


@pytest.fixture
def purge(now, enqueue, work):
    def purge(at):
        now.move_to(at)
        enqueue("identity.purge_expired")
        work()

    return purge


def test_a_revoked_token_goes_once_it_has_expired(purge, sign_in, member, sql, is_signed_in):
    client = sign_in(member)
    client.post("/api/auth/logout")

    purge("2026-03-03T08:59:59Z")
    assert sql("SELECT count(*) FROM revoked_tokens") == 1
    assert not is_signed_in(client)

    purge("2026-03-03T09:00:01Z")
    assert sql("SELECT count(*) FROM revoked_tokens") == 0
    assert not is_signed_in(client)


def test_an_open_reset_link_stays(purge, ask_reset, reset, member):
    token = ask_reset(member)

    purge("2026-03-02T09:59:59Z")

    assert reset(token).status_code == 200


def test_resets_go_a_day_after_they_expired(purge, ask_reset, reset, member, other, sql):
    used, unused = ask_reset(member), ask_reset(other)
    reset(used)

    purge("2026-03-03T10:00:00Z")
    assert sql("SELECT count(*) FROM password_resets") == 2

    purge("2026-03-03T10:00:01Z")
    assert sql("SELECT count(*) FROM password_resets") == 0
    assert reset(unused).status_code == 400


def test_an_open_invitation_stays(purge, invite, register, token_in):
    token = token_in(invite().json["link"])

    purge("2026-03-09T08:59:59Z")

    assert register(invitation_token=token).status_code == 201


def test_a_lapsed_invitation_is_listed_for_a_month_and_then_goes(purge, invite, sign_in, admin):
    invite()

    for at, listed in (("2026-04-08T09:00:00Z", 1), ("2026-04-08T09:00:01Z", 0)):
        purge(at)
        assert sign_in(admin).get("/api/users/invitations").json["total"] == listed


def test_an_accepted_invitation_stays(purge, invite, register, token_in, sql):
    register(invitation_token=token_in(invite().json["link"]))

    purge("2027-03-02T09:00:00Z")

    assert sql("SELECT count(*) FROM invitations") == 1


def test_people_and_what_is_new_stay(purge, sign_in, member, other, ask_reset, invite, sql, reset, is_signed_in):
    sign_in(member).post("/api/auth/logout")
    ask_reset(member)
    purge("2026-04-20T09:00:00Z")
    session, gone = sign_in(other), sign_in(other)
    gone.post("/api/auth/logout")
    token = ask_reset(other)

    purge("2026-04-20T09:00:01Z")

    assert sql("SELECT count(*) FROM users") == 3
    assert sql("SELECT count(*) FROM revoked_tokens") == 1
    assert not is_signed_in(gone)
    assert is_signed_in(session)
    assert reset(token).status_code == 200


def test_running_again_is_harmless(purge, sign_in, member, sql):
    sign_in(member).post("/api/auth/logout")

    for _ in range(2):
        purge("2026-04-20T09:00:00Z")

    assert sql("SELECT count(*) FROM revoked_tokens") == 0
