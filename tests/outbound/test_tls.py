"""The name on the certificate is the name in the URL."""

import pytest

from asyncops.outbound import NoAnswer, post
from tests.outbound.server import INSIDE_TOO, OK, SECONDS, answer, drip, serving, silent, timed


def test_the_certificate_and_the_host_header_are_those_of_the_name(names, certified):
    names.give(["127.0.0.1"])

    with serving(answer(OK), certified("hooks.example.org")) as (port, asked):
        assert post(f"https://hooks.example.org:{port}/", b"{}", {}, INSIDE_TOO).status == 200

    assert certified.asked_for == ["hooks.example.org"]
    assert f"Host: hooks.example.org:{port}" in asked[0][0]


def test_a_certificate_of_another_name_is_refused_before_anything_is_sent(names, certified):
    names.give(["127.0.0.1"])

    wrap = certified("other.example.org")
    with serving(answer(OK), wrap) as (port, asked), pytest.raises(NoAnswer, match="certificate was refused"):
        post(f"https://hooks.example.org:{port}/", b"{}", {}, INSIDE_TOO)

    assert asked == []


def test_a_certificate_that_nobody_vouches_for_is_refused(names, certified, monkeypatch):
    names.give(["127.0.0.1"])
    wrap = certified("hooks.example.org")
    monkeypatch.delenv("SSL_CERT_FILE")

    with serving(answer(OK), wrap) as (port, asked), pytest.raises(NoAnswer, match="certificate was refused"):
        post(f"https://hooks.example.org:{port}/", b"{}", {}, INSIDE_TOO)

    assert asked == []


def test_a_handshake_that_hangs_is_cut_off():
    with serving(silent, reads=False) as (port, _), pytest.raises(NoAnswer, match="No answer within"):
        timed(lambda: post(f"https://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=SECONDS))


def test_a_handshake_that_drips_is_cut_off():
    long_record = b"\x16\x03\x03\x40\x00" + b"\x02" * 200

    with serving(drip(long_record), reads=False) as (port, _), pytest.raises(NoAnswer, match="No answer within"):
        timed(lambda: post(f"https://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=SECONDS))
