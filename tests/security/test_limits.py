"""Limits can't be gone around. What they are: tests/identity/test_limits.py"""

import pytest

LOGIN, FORGOT = "/api/auth/login", "/api/auth/forgot-password"


@pytest.fixture
def ask(client):
    def ask(path, address, email="max@example.org"):
        body = {"email": email, "password": "wrong-horse-1"}
        return client.post(path, json=body, environ_overrides={"REMOTE_ADDR": address}).status_code

    return ask


def test_one_network_of_ipv6_is_one_caller(ask, member):
    assert {ask(LOGIN, f"2001:db8:0:1::{number:x}") for number in range(10)} == {401}

    assert ask(LOGIN, "2001:db8:0:1:ffff:ffff:ffff:ffff") == 429
    assert ask(LOGIN, "2001:db8:0:2::1") == 401


def test_one_network_of_ipv6_has_sixty_tries_over_all_routes(ask):
    tried = {ask(LOGIN, f"2001:db8::{number:x}", f"person-{number}@example.org") for number in range(60)}

    assert tried == {401}
    assert ask(FORGOT, "2001:db8::ffff", "other@example.org") == 429


def test_an_ipv4_address_written_as_ipv6_is_itself(ask, member):
    assert {ask(LOGIN, f"::ffff:192.0.2.{number}") for number in range(1, 12)} == {401}
    assert {ask(LOGIN, "::ffff:192.0.2.1") for _ in range(9)} == {401}

    assert ask(LOGIN, "192.0.2.1") == 429


@pytest.mark.parametrize("address", ["unix:", "fe80::1%eth0", "", "nonsense"])
def test_whatever_a_server_calls_an_address_is_limited_too(ask, member, address):
    assert {ask(LOGIN, address) for _ in range(10)} == {401}
    assert ask(LOGIN, address) == 429


def test_nobody_gets_mails_without_end_from_many_addresses(ask, member):
    assert {ask(FORGOT, f"192.0.2.{number // 10}") for number in range(100)} == {202}

    assert ask(FORGOT, "192.0.2.99") == 429
    assert ask(FORGOT, "192.0.2.99", "other@example.org") == 202
