"""Settings to post with, and a server on loopback that behaves as a test wants it to."""

import socket
import threading
import time
from contextlib import contextmanager

from asyncops.config import Settings

PUBLIC = "93.184.216.34"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECONDS = 0.5
PATIENCE = 5
"""A limit that fails only where nothing ended the waiting."""


def settings(**changed):
    return Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://user:pw@host/db",
            "REDIS_URL": "redis://host:6379/0",
            "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrs",
            "JWT_SECRET_KEY": "t0ken-0123456789-abcdefghijklmnopq",
            "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
        }
        | changed
    )


OUTSIDE, INSIDE_TOO = settings(), settings(WEBHOOK_ALLOW_PRIVATE="1")
PRODUCTION = settings(ASYNCOPS_ENV="production", PUBLIC_URL="https://ops.example.org")


@contextmanager
def serving(talk, wrap=lambda connection: connection, *, reads=True):
    """A server on loopback that lets `talk` deal with each connection; gives its port and what was sent to it."""
    asked, stop = [], threading.Event()

    def accept(server):
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def serve(connection):
        try:
            with wrap(connection) as wrapped:
                if reads:
                    asked.append(read_request(wrapped))
                talk(wrapped, stop)
        except OSError:
            pass

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield server.getsockname()[1], asked
        stop.set()
        server.shutdown(socket.SHUT_RDWR)


def read_request(connection):
    data = b""
    while b"\r\n\r\n" not in data:
        data += connection.recv(1000)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-len"))
    while len(body) < length:
        body += connection.recv(1000)
    return head.decode().split("\r\n"), body


def answer(data):
    return lambda connection, _: connection.sendall(data)


def silent(_, stop):
    stop.wait(PATIENCE)


def drip(data):
    """Send a byte every 20 ms, for longer than the limit."""

    def talk(connection, stop):
        for byte in data:
            if stop.wait(0.02):
                return
            connection.sendall(bytes([byte]))

    return talk


def timed(action):
    started = time.perf_counter()
    try:
        return action()
    finally:
        assert time.perf_counter() - started < PATIENCE - 1
