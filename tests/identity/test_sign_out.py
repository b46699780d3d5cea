"""POST /api/auth/logout"""

import pytest


@pytest.fixture
def session(sign_in, member):
    return sign_in(member)


def test_the_token_is_dead_at_once(session):
    answer = session.post("/api/auth/logout")

    assert answer.status_code == 200
    assert answer.json == {"message": "Logged out successfully"}
    refused = session.get("/api/users/me")
    assert refused.status_code == 401
    assert refused.json["code"] == "session_ended"


def test_other_sessions_go_on(session, sign_in, member, other, is_signed_in):
    sessions = [sign_in(member), sign_in(other)]

    session.post("/api/auth/logout")

    assert all(is_signed_in(client) for client in sessions)


def test_a_token_stays_dead_when_redis_is_lost(session, lose_redis, is_signed_in):
    session.post("/api/auth/logout")

    lose_redis()

    assert not is_signed_in(session)


def test_who_signed_out_can_not_again(session):
    session.post("/api/auth/logout")

    assert session.post("/api/auth/logout").status_code == 401


def test_signing_out_several_times_at_once_is_no_error(app, session, while_held, is_signed_in, sql):
    token = {"Authorization": session.environ_base["HTTP_AUTHORIZATION"]}

    def sign_out():
        return app.test_client(use_cookies=False).post("/api/auth/logout", headers=token).status_code

    assert while_held("LOCK TABLE revoked_tokens IN SHARE MODE", *[sign_out] * 3) == [200] * 3

    assert not is_signed_in(session)
    assert sql("SELECT count(*) FROM revoked_tokens") == 1


def test_the_browser_forgets_and_a_copy_of_its_token_is_dead(browser, client, member):
    session = browser(member)
    copy = session.get_cookie("access_token_cookie").value

    session.post("/api/auth/logout")

    assert session.get_cookie("access_token_cookie") is None
    assert session.get_cookie("csrf_access_token") is None
    assert client.get("/api/users/me", headers={"Authorization": f"Bearer {copy}"}).status_code == 401


def test_signing_in_again_gives_a_new_session(session, sign_in, member, is_signed_in):
    session.post("/api/auth/logout")

    assert is_signed_in(sign_in(member))
    assert not is_signed_in(session)


def test_nobody_can_not_sign_out(client):
    assert client.post("/api/auth/logout").status_code == 401
