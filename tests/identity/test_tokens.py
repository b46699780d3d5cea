"""What a token must be to be believed."""

import base64
import json

import jwt
import pytest
import time_machine

OTHER_KEY = "not-the-key-of-this-workspace-9f8e7d6c"


@pytest.fixture
def token(sign_in, member):
    return sign_in(member).environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")


@pytest.fixture
def claims(token):
    return jwt.decode(token, options={"verify_signature": False})


@pytest.fixture
def key(environment):
    return environment["JWT_SECRET_KEY"]


@pytest.fixture
def ask(client):
    def ask(token):
        return client.get("/api/users/me", headers={"Authorization": f"Bearer {token}"})

    return ask


def assert_refused(answer):
    assert answer.status_code == 401, answer.json
    assert answer.content_type == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_says_no_more_than_it_must(claims, member, ask, token):
    assert claims["sub"] == str(member.id)
    assert not {"email", "role", "is_admin", "full_name"} & claims.keys()
    assert ask(token).json["id"] == member.id


def test_the_same_claims_under_our_key_are_believed(ask, claims, key):
    assert ask(jwt.encode(claims, key, algorithm="HS256")).status_code == 200


def test_without_a_signature_nothing_is_believed(ask, claims, token):
    assert_refused(ask(jwt.encode(claims, None, algorithm="none")))
    assert_refused(ask(token.rpartition(".")[0] + "."))
    assert_refused(ask(token.rpartition(".")[0]))


def test_a_changed_token_is_not_believed(ask, token, claims, other):
    header, _, signature = token.split(".")
    changed = base64.urlsafe_b64encode(json.dumps(claims | {"sub": str(other.id)}).encode()).decode().rstrip("=")

    assert_refused(ask(f"{header}.{changed}.{signature}"))


def test_another_key_is_not_believed(ask, claims, environment):
    assert_refused(ask(jwt.encode(claims, OTHER_KEY, algorithm="HS256")))
    assert_refused(ask(jwt.encode(claims, environment["SECRET_KEY"], algorithm="HS256")))


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_another_algorithm_is_not_believed(ask, claims, key):
    assert_refused(ask(jwt.encode(claims, key, algorithm="HS512")))


def test_a_refresh_token_does_not_open(ask, claims, key):
    assert_refused(ask(jwt.encode(claims | {"type": "refresh"}, key, algorithm="HS256")))


@pytest.mark.parametrize("claim", ["gen", "jti", "sub", "exp"])
def test_a_token_that_lacks_a_claim_is_not_believed(ask, claims, key, claim):
    del claims[claim]

    assert_refused(ask(jwt.encode(claims, key, algorithm="HS256")))


@pytest.mark.parametrize(
    "changed",
    [
        {"gen": "x"},
        {"gen": 0},
        {"gen": 2},
        {"gen": None},
        {"jti": "x"},
        {"sub": "x"},
        {"sub": "2147483647"},
        {"sub": "0"},
    ],
)
def test_a_claim_that_can_not_be_is_not_believed(ask, claims, key, changed):
    assert_refused(ask(jwt.encode(claims | changed, key, algorithm="HS256")))


@pytest.mark.parametrize("header", ["", "x", "Bearer", "Bearer ", "Bearer x", "Basic bWF4OngK", "Token abc"])
def test_no_token_is_nobody(client, header):
    assert_refused(client.get("/api/users/me", headers={"Authorization": header}))


def test_a_token_lives_a_day(ask, sign_in, member):
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False):
        token = sign_in(member).environ_base["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    with time_machine.travel("2026-03-03T08:59:59Z", tick=False):
        assert ask(token).status_code == 200
    with time_machine.travel("2026-03-03T09:00:00Z", tick=False):
        answer = ask(token)

    assert_refused(answer)
    assert "expired" in answer.json["detail"]


def test_two_sign_ins_are_two_sessions(sign_in, member, is_signed_in):
    first, second = sign_in(member), sign_in(member)

    first.post("/api/auth/logout")

    assert not is_signed_in(first)
    assert is_signed_in(second)


def test_the_role_is_read_from_the_database(ask, claims, key, client):
    token = jwt.encode(claims | {"role": "admin", "is_admin": True}, key, algorithm="HS256")

    assert ask(token).json["role"] == "member"
    assert client.get("/api/users", headers={"Authorization": f"Bearer {token}"}).status_code == 403
