"""A POST to an address that somebody typed in: what may be reached."""

import ipaddress
from dataclasses import replace

import pytest

from asyncops.outbound import NoAnswer, NotAllowed, check_url, is_public, post
from tests.outbound.server import INSIDE_TOO, OK, OUTSIDE, PRODUCTION, PUBLIC, answer, serving


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.255.255.254",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.1.1",
        "169.254.169.254",
        "168.63.129.16",
        "100.64.0.1",
        "100.100.100.200",
        "0.0.0.0",
        "0.1.2.3",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "fe80::1",
        "fe80::1%eth0",
        "febf::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "ff0e::1",
        "2001:db8::1",
        "100::1",
        "4000::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:7f00:1",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::a00:1",
        "2002:7f00:1::",
        "2002:a9fe:a9fe::1",
        "2002:0a00:0001::",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:0:7f00:1::",
    ],
)
def test_an_address_inside_is_never_connected_to(names, address):
    names.give([address])

    assert not is_public(ipaddress.ip_address(address))
    with pytest.raises(NoAnswer, match="an address that is not public"):
        post("https://hooks.example.org/", b"", {}, OUTSIDE)
    assert names.connected == []


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "2606:2800:220:1::1", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"],
)
def test_a_public_address_is_connected_to(names, address):
    names.give([address])

    with pytest.raises(NoAnswer, match=r"^No connection to hooks\.example\.org: Connection refused$"):
        post("https://hooks.example.org/", b"", {}, OUTSIDE)
    assert names.connected == [address]


def test_the_name_is_looked_up_once_so_that_a_second_answer_is_of_no_use(names):
    names.give([PUBLIC], ["127.0.0.1"])

    with serving(answer(OK)) as (port, asked), pytest.raises(NoAnswer):
        post(f"http://rebinding.example.org:{port}/", b"", {}, OUTSIDE)

    assert names.looked_up == 1
    assert names.connected == [PUBLIC]
    assert asked == []


def test_a_host_with_one_address_inside_is_refused_whole(names):
    names.give([PUBLIC, "10.0.0.1"])

    with pytest.raises(NoAnswer, match="not public"):
        post("https://both.example.org/", b"", {}, OUTSIDE)
    assert names.connected == []


def test_the_next_address_is_tried_when_one_refuses(names):
    names.give(["2001:db8::1", "127.0.0.1"])

    with serving(answer(OK)) as (port, _):
        assert post(f"http://two.example.org:{port}/", b"", {}, INSIDE_TOO).status == 200
    assert names.connected == ["2001:db8::1", "127.0.0.1"]


@pytest.mark.parametrize(
    "host", ["127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "LOCALHOST", "127.0.0.1", "[::1]"]
)
def test_no_spelling_of_loopback_gets_through(host):
    with serving(answer(OK)) as (port, asked), pytest.raises((NoAnswer, NotAllowed), match="public"):
        post(f"http://{host}:{port}/", b"", {}, OUTSIDE)
    assert asked == []


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("ftp://hooks.example.org/", "begin with https"),
        ("file:///etc/passwd", "begin with https"),
        ("//hooks.example.org/", "begin with https"),
        ("HTTPS://hooks.example.org/", "begin with https"),
        ("hooks.example.org", "begin with https"),
        ("https:///x", "begin with https"),
        ("https://user@hooks.example.org/", "user name"),
        ("https://user:pw@hooks.example.org/", "user name"),
        ("https://hooks.example.org:0/", "port"),
        ("https://hooks.example.org:/", "port"),
        ("https://hooks.example.org:65536/", "not a URL"),
        ("https://hooks.example.org:http/", "not a URL"),
        ("https://[::1/", "not a URL"),
        ("https://.example.org/", "host"),
        ("https://hooks..example.org/", "host"),
        ("https://hooks.example.org\\@127.0.0.1/", "user name"),
        ("https://hooks.example.org\\.evil/", "host"),
        ("https://hooks.example.org/#x", "fragment"),
        ("https://hooks.example.org/a b", "visible ASCII"),
        ("https://hooks.example.org/\r\nX: y", "visible ASCII"),
        ("https://hooks.example.org/ü", "visible ASCII"),
        ("https://10.0.0.1/", "public"),
        ("https://[fd00:ec2::254]/", "public"),
        ("https://[::ffff:127.0.0.1]/", "public"),
    ],
)
def test_a_url_that_nothing_may_be_sent_to_is_refused_with_a_reason(url, why):
    with pytest.raises(NotAllowed, match=why):
        check_url(url, OUTSIDE)
    with pytest.raises(NotAllowed, match=why):
        post(url, b"", {}, OUTSIDE)


def test_plain_http_is_for_development_and_private_networks():
    check_url("http://hooks.example.org:8080/x", OUTSIDE)
    check_url("http://hooks.example.org/", replace(PRODUCTION, webhook_allow_private=True))
    check_url("https://hooks.example.org/", PRODUCTION)

    with pytest.raises(NotAllowed, match="https://"):
        check_url("http://hooks.example.org/", PRODUCTION)
