"""What a server may answer, or not, and that waiting for it ends."""

import socket
import time

import pytest

from asyncops import outbound
from asyncops.deadline import OUTSIDE_SECONDS
from asyncops.outbound import NoAnswer, post
from tests.outbound.server import INSIDE_TOO, OK, OUTSIDE, PATIENCE, SECONDS, answer, drip, serving, silent, timed


def test_the_request_is_what_the_url_says():
    with serving(answer(OK)) as (port, asked):
        given = post(f"http://localhost:{port}/a/b?token=1&x=%20", b"{}", {"X-One": "1"}, INSIDE_TOO)

    assert (given.status, given.text) == (200, "ok")
    ((head, body),) = asked
    assert head[0] == "POST /a/b?token=1&x=%20 HTTP/1.1"
    assert {f"Host: localhost:{port}", "X-One: 1", "Content-Length: 2", "Connection: close"} <= set(head)
    assert body == b"{}"


@pytest.mark.parametrize("location", ["http://127.0.0.1:{other}/", "/elsewhere"])
def test_a_redirect_is_an_answer_and_is_not_followed(location):
    with serving(answer(OK)) as (other, other_asked):
        redirect = f"HTTP/1.1 302 Found\r\nLocation: {location.format(other=other)}\r\n\r\n".encode()
        with serving(answer(redirect)) as (port, asked):
            assert post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO).status == 302

    assert len(asked) == 1
    assert other_asked == []


@pytest.mark.parametrize(
    ("talk", "why"),
    [
        (lambda *_: None, "without an answer"),
        (answer(b"SSH-2.0-OpenSSH_9.6\r\n"), "without an answer"),
        (answer(b"HTTP/1.1 2x0 OK\r\n\r\n"), "without an answer"),
        (answer(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), "without an answer"),
        (answer(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200), "without an answer"),
        (silent, "No answer within 0.5 s"),
        (drip(OK * 20), "No answer within 0.5 s"),
        (drip(b"HTTP/1.1 100 Continue\r\n\r\n" * 20), "No answer within 0.5 s"),
    ],
    ids=["nothing", "no HTTP", "no status", "long header", "many headers", "silence", "drips", "100 forever"],
)
def test_what_is_no_answer_is_told_as_such_and_in_time(talk, why):
    seconds = SECONDS if "within" in why else OUTSIDE_SECONDS
    with serving(talk) as (port, _), pytest.raises(NoAnswer, match=why):
        timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=seconds))


def test_the_limit_is_that_of_everything_outside():
    assert outbound.post.__kwdefaults__["seconds"] == OUTSIDE_SECONDS == 15


def test_a_huge_answer_is_read_at_its_beginning_only():
    def flood(connection, stop):
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not stop.is_set():
            connection.sendall(b"x" * 100_000)

    with serving(flood) as (port, _):
        given = timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO))

    assert given.text == "x" * outbound.MAX_ANSWER_BYTES


@pytest.mark.parametrize("framing", [b"", b"Content-Length: 9999\r\n", b"Transfer-Encoding: chunked\r\n"])
@pytest.mark.parametrize("body", [b"1\r\nx\r\n" * 100, b""], ids=["drips", "never begins"])
def test_a_status_counts_though_the_body_never_ends(framing, body):
    def talk(connection, stop):
        connection.sendall(b"HTTP/1.1 201 Created\r\n" + framing + b"\r\n")
        drip(body)(connection, stop)
        silent(connection, stop)

    with serving(talk) as (port, _):
        given = timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=4 * SECONDS))

    assert given.status == 201


def test_a_status_whose_headers_never_end_does_not_count():
    def talk(connection, stop):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        silent(connection, stop)

    with serving(talk) as (port, _), pytest.raises(NoAnswer, match="No answer within"):
        timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=SECONDS))


def test_a_body_becomes_text_that_a_database_takes():
    body = b"caf\xc3\xa9 \xff \x00 <script>"
    with serving(answer(b"HTTP/1.1 200 OK\r\n\r\n" + body)) as (port, _):
        assert post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO).text == "café � � <script>"


def test_a_look_up_that_hangs_is_left_alone(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(PATIENCE))

    with pytest.raises(NoAnswer, match=r"look-up of hooks\.example\.org"):
        timed(lambda: post("https://hooks.example.org/", b"", {}, OUTSIDE, seconds=SECONDS))


def test_a_host_that_does_not_exist_is_told_as_such():
    for host in ("no-such-host.invalid", "a" * 64 + ".example.org"):
        with pytest.raises(NoAnswer, match=f"There is no host {host}"):
            post(f"https://{host}/", b"", {}, OUTSIDE)
