"""Requests that are no good HTTP, and none at all, as the real web server sees them."""

import socket
import sys
from contextlib import ExitStack

import pytest

from tests.embedded.processes import PROJECT, program
from tests.ports import free_port
from tests.waiting import eventually

SERVE = f"""
import sys
from gunicorn.app.wsgiapp import run
sys.argv = ["gunicorn", "--config", "{PROJECT}/gunicorn.conf.py", "wsgi:app"]
run()
"""
HOST = b"Host: ops.example.org\r\n"
SMUGGLED = b"GET /api/config?smuggled HTTP/1.1\r\n" + HOST + b"\r\n"


@pytest.fixture(scope="module")
def send(environment, _schema, tmp_path_factory):
    """Send bytes to the web server, in production without a proxy; gives all that comes back."""
    port = free_port()
    production = {"ASYNCOPS_ENV": "production", "PUBLIC_URL": "https://ops.example.org", "BCRYPT_ROUNDS": "12"}
    variables = environment | production | {"PORT": str(port), "WEB_CONCURRENCY": "1", "WEB_THREADS": "1"}

    def send(request):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def serves():
        try:
            return b" 200 " in send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        except ConnectionRefusedError:
            return False

    send.address = ("127.0.0.1", port)
    with program(tmp_path_factory.mktemp("web"), SERVE, **variables):
        eventually(serves)
        yield send


def get(path, *headers):
    return b"GET " + path + b" HTTP/1.1\r\n" + b"".join(line + b"\r\n" for line in headers) + b"\r\n"


def test_a_good_request_is_answered(send):
    assert send(get(b"/api/config", HOST.strip(), b"Connection: close")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.skipif(sys.platform != "linux", reason="other kernels hand out every connection")
def test_who_says_nothing_keeps_no_thread_from_others(send):
    with ExitStack() as silent:
        for _ in range(50):  # gunicorn would wait five seconds for each, and has one thread here
            silent.enter_context(socket.create_connection(send.address, timeout=20))

        assert send(get(b"/api/config", HOST.strip(), b"Connection: close")).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize(
    "lengths",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
        b"Content-Length: 4\r\nContent-Length: 60\r\n",
        b"Content-Length: 4, 60\r\n",
        b"Content-Length: +4\r\n",
        b"Content-Length: 0x4\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Transfer-Encoding:\x0bchunked\r\n",
    ],
)
def test_no_request_hides_in_the_body_of_another(send, lengths):
    answer = send(b"POST /api/auth/login HTTP/1.1\r\n" + HOST + lengths + b"\r\n0\r\n\r\n" + SMUGGLED)

    assert answer.count(b"HTTP/1.1 ") == 1
    assert b" 200 " not in answer.partition(b"\r\n")[0]
    assert b"workspace_name" not in answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        get(b"/api/config", HOST.strip(), b"Host: evil.example"),
        get(b"/api/config", b"Host: ops.example.org, evil.example"),
        get(b"/api/config", b"Host: ops.example.org@evil.example"),
        get(b"/api/config"),
        get(b"http://evil.example/api/config", b"Host: evil.example"),
        get(b"/api/config", HOST.strip(), b"X: a\0b"),
        get(b"/api/config", HOST.strip(), b"X: a", b" folded: b"),
        get(b"/api/config", HOST.strip(), b"X: " + b"a" * 9000),
        get(b"/" + b"a" * 9000, HOST.strip()),
        get(b"/api/config", HOST.strip(), *[b"X: a"] * 200),
        b"GET /api/config HTTP/1.1\nHost: ops.example.org\n\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
    ],
    ids=lambda request_bytes: ascii(request_bytes[:60]),
)
def test_what_is_no_good_request_is_refused(send, request_bytes):
    first = send(request_bytes).partition(b"\r\n")[0]

    assert first == b"" or first.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))


def test_no_header_passes_for_what_a_proxy_says(send):
    lies = [b"X-Forwarded-Proto: https", b"X-Forwarded-SSL: on", b"Forwarded: proto=https", b"X-Forwarded-Host: evil"]
    answer = send(get(b"/api/config", HOST.strip(), *lies, b"Connection: close"))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"strict-transport-security" not in answer.lower()
    assert b"evil" not in answer


@pytest.mark.parametrize("header", [b"SCRIPT_NAME: /api", b"PATH_INFO: /metrics", b"REMOTE_ADDR: 192.0.2.1"])
def test_no_header_says_where_a_request_goes(send, header):
    answer = send(get(b"/api/nothing", HOST.strip(), header, b"Connection: close"))

    assert answer.startswith(b"HTTP/1.1 404 ")
    assert b"asyncops_" not in answer
