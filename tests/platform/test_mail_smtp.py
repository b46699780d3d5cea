"""Mail over SMTP: signed in over TLS or not at all; what a server does is an outcome, never an exception."""

import socket
import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from asyncops.config import Settings
from asyncops.mail import Button, Mail, Paragraph, Quote, send_mail
from asyncops.outbox import ARRIVED

MAIL = Mail(
    id="test-1",
    to="max@example.org",
    subject="Grüße",
    blocks=(
        Paragraph("From here on."),
        Paragraph("."),
        Quote("..\nand a long line:" + " word" * 400),
        Button("Come", "https://ops.example.org/x#token=abc"),
    ),
    made_at=datetime(2026, 3, 2, 9, tzinfo=UTC),
    reason="You get this mail because this is a test.",
)


@pytest.fixture
def send(environment):
    """Send a mail by a mail server; gives the outcome."""

    def send(url, mail=MAIL):
        changed = {"SMTP_URL": url, "PUBLIC_URL": "https://ops.example.org", "MAIL_FROM": "Öps Team <ops@example.org>"}
        return send_mail(mail, Settings.from_environment(environment | changed))

    return send


@pytest.fixture
def soon(monkeypatch):
    """Patience that a test can wait for."""
    monkeypatch.setattr("asyncops.mail.smtp.OUTSIDE_SECONDS", 0.5)


@pytest.fixture
def raw_server(resolve):
    """A server made of one function, which gets the connection; gives its URL."""
    stop = threading.Event()
    started = []

    def start(talk, scheme="smtp", host="mail.example.org"):
        listener = socket.create_server(("127.0.0.1", 0))

        def serve():
            with suppress(OSError):  # nobody came, or the other side had enough
                connection, _ = listener.accept()
                with connection:
                    talk(connection, stop)

        thread = threading.Thread(target=serve)
        thread.start()
        started.append((listener, thread))
        return f"{scheme}://{host}:{listener.getsockname()[1]}"

    yield start
    stop.set()
    for listener, thread in started:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)  # wakes up who still waits for a connection
        thread.join()
        listener.close()


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "at once"])
def test_a_mail_arrives_encrypted_and_signed_in(mail_server, send, tls):
    server = mail_server(tls)

    assert send(server.url("ops%40example.org:p%3A%2F%20w")) == ARRIVED

    box = server.postbox
    assert box.passwords == [("ops@example.org", "p:/ w")]
    assert box.encrypted == [True]
    assert set(box.greetings) == {"ops.example.org"}
    (envelope,) = box.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("ops@example.org", ["max@example.org"])
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["From"] == "Öps Team <ops@example.org>"
    assert message["To"] == "max@example.org"
    assert message["Subject"] == "Grüße"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    lines = message.get_body(("plain",)).get_content().splitlines()
    assert lines[:4] == ["From here on.", "", ".", ""]
    assert lines[4:6] == ["> ..", "> and a long line:" + " word" * 11]
    assert "https://ops.example.org/x#token=abc" in lines
    assert max(map(len, envelope.content.splitlines())) <= 998


@pytest.mark.usefixtures("trusted")
def test_without_credentials_nobody_signs_in(mail_server, send):
    server = mail_server(auth=False)

    assert send(server.url()) == ARRIVED
    assert server.postbox.passwords == []


def test_on_this_machine_itself_tls_is_not_asked_for(mail_server, send):
    server = mail_server("none")

    assert send(server.url("ops:secret", host="127.0.0.1")) == ARRIVED
    assert server.postbox.passwords == [("ops", "secret")]
    assert server.postbox.encrypted == [False]


def test_elsewhere_nothing_is_said_in_the_clear(mail_server, send):
    server = mail_server("none")

    outcome = send(server.url("ops:secret"))

    assert "no STARTTLS" in outcome.error
    assert not outcome.permanent
    assert (server.postbox.passwords, server.postbox.envelopes) == ([], [])


@pytest.mark.parametrize("tls", ["starttls", "at once"])
def test_a_certificate_that_nobody_vouches_for_is_refused(mail_server, send, tls):
    server = mail_server(tls)

    outcome = send(server.url("ops:secret"))

    assert "certificate is not trusted: unable to get local issuer certificate" in outcome.error
    assert not outcome.permanent
    assert (server.postbox.passwords, server.postbox.envelopes) == ([], [])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "at once"])
def test_the_certificate_of_another_server_is_refused(mail_server, send, tls):
    server = mail_server(tls)

    outcome = send(server.url("ops:secret", host="other.example.org"))

    assert "certificate is not trusted: Hostname mismatch" in outcome.error
    assert (server.postbox.passwords, server.postbox.envelopes) == ([], [])


@pytest.mark.parametrize(
    ("command", "answer", "permanent"),
    [
        ("RCPT", "550 5.1.1 <max@example.org>: no such person", True),
        ("RCPT", "553 max@example.org is not one of ours", True),
        ("RCPT", "450 4.2.1 <max@example.org> is busy", False),
        ("RCPT", "554 5.7.1 <max@example.org>: Relay access denied", False),
        ("RCPT", "530 Authentication required", False),
        ("MAIL", "552 5.3.4 Message too big", True),
        ("MAIL", "550 5.1.8 ops@example.org is nobody", False),
        ("MAIL", "530 5.7.0 Authentication required", False),
        ("DATA", "554 It says https://ops.example.org/x#token=abc, we do not like it", True),
        ("DATA", "451 4.3.0 Try again", False),
        ("DATA", "550 5.7.26 Not authenticated by SPF", False),
        ("DATA", "421 Closing", False),
    ],
)
def test_what_is_refused_for_good_and_what_is_tried_again(mail_server, send, command, answer, permanent):
    server = mail_server("none")
    server.postbox.answers[command] = [answer]

    outcome = send(server.url(host="127.0.0.1"))

    assert outcome.error.startswith(f"The mail server answered {answer[:3]} ")
    assert outcome.permanent is permanent
    assert "example.org" not in outcome.error
    assert send(server.url(host="127.0.0.1")) == ARRIVED


def test_a_wrong_password_can_be_mended(mail_server, send):
    server = mail_server("none")

    outcome = send(server.url("ops:wrong", host="127.0.0.1"))

    assert "535 5.7.8" in outcome.error
    assert "wrong" not in outcome.error
    assert not outcome.permanent
    assert server.postbox.envelopes == []


def test_a_server_that_knows_no_sign_in_can_be_mended(raw_server, send):
    def talk(connection, stop):
        connection.sendall(b"220 ready\r\n")
        connection.recv(1000)
        connection.sendall(b"250 hello\r\n")
        stop.wait(0.5)

    outcome = send(raw_server(talk, host="ops:secret@127.0.0.1"))

    assert "AUTH extension not supported" in outcome.error
    assert not outcome.permanent


def test_a_server_that_hangs_up_has_not_taken_it(mail_server, send):
    server = mail_server("none")
    server.postbox.answers["DATA"] = ["drop"]
    url = server.url(host="127.0.0.1")

    outcome = send(url)

    assert "unexpectedly closed" in outcome.error
    assert not outcome.permanent
    assert send(url) == ARRIVED
    first, second = (envelope.content for envelope in server.postbox.envelopes)
    assert first == second


def test_a_goodbye_that_goes_wrong_does_not_unsend_it(mail_server, send):
    server = mail_server("none")
    server.postbox.answers["QUIT"] = ["drop"]

    assert send(server.url(host="127.0.0.1")) == ARRIVED


def say_nothing(_, stop):
    stop.wait()


def drip(connection, stop):
    connection.sendall(b"220-")
    while not stop.wait(0.05):
        connection.sendall(b".")


def drip_in_the_handshake(connection, stop):
    connection.sendall(b"220 ready\r\n")
    connection.recv(100)
    connection.sendall(b"250-hello\r\n250 STARTTLS\r\n")
    connection.recv(100)
    connection.sendall(b"220 go on\r\n")
    connection.recv(1000)
    connection.sendall(b"\x16\x03\x03\x3f\xff")  # a record of 16 kB is on its way
    while not stop.wait(0.05):
        connection.sendall(b".")


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("talk", [say_nothing, drip, drip_in_the_handshake])
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_whoever_does_not_come_to_an_end_is_cut_off(raw_server, send, talk, scheme):
    url = raw_server(talk, scheme)
    began = time.monotonic()

    outcome = send(url)

    assert not outcome.permanent
    if scheme == "smtp" or talk is say_nothing:  # over TLS, what they say is no TLS
        assert outcome.error == "The mail server did not answer in time"
    assert time.monotonic() - began < 10  # what drips would go on for ever


@pytest.mark.usefixtures("soon")
@pytest.mark.parametrize("step", ["getaddrinfo", "create_connection"])
def test_a_connection_that_comes_too_late_is_not_used(raw_server, send, monkeypatch, step):
    url = raw_server(drip)
    quick = getattr(socket, step)

    def slow(*arguments, **options):
        result = quick(*arguments, **options)
        time.sleep(0.6)
        return result

    monkeypatch.setattr(socket, step, slow)

    assert send(url).error == "The mail server did not answer in time"


def test_a_goodbye_that_never_ends_does_not_unsend_it(raw_server, send, monkeypatch):
    monkeypatch.setattr("asyncops.mail.smtp.OUTSIDE_SECONDS", 3)  # enough for all before it

    def talk(connection, stop):
        connection.sendall(b"220 ready\r\n")
        for answer in (b"250 hello", b"250 sender", b"250 recipient", b"354 go on"):
            connection.recv(1000)
            connection.sendall(answer + b"\r\n")
        received = b""
        while not received.endswith(b"\r\n.\r\n"):
            received += connection.recv(10_000)
        connection.sendall(b"250 taken\r\n")
        stop.wait()

    assert send(raw_server(talk, host="127.0.0.1")) == ARRIVED


@pytest.mark.parametrize(
    ("greeting", "words"),
    [
        (b"554 No service\r\n", "answered 554 No service"),
        (b"421 4.3.2 Too many connections\r\n", "answered 421 4.3.2 Too many"),
        (b"HTTP/1.1 400 Bad Request\r\n", "answered"),
    ],
)
def test_a_greeting_that_is_none_is_told_and_tried_again(raw_server, send, greeting, words):
    outcome = send(raw_server(lambda connection, _: connection.sendall(greeting)))

    assert words in outcome.error
    assert not outcome.permanent


def test_nonsense_in_the_sign_in_is_told_and_tried_again(raw_server, send):
    def talk(connection, stop):
        connection.sendall(b"220 ready\r\n")
        connection.recv(1000)
        connection.sendall(b"250-hello\r\n250 AUTH CRAM-MD5\r\n")
        connection.recv(1000)
        connection.sendall(b"334 a\r\n")  # no base64
        stop.wait(0.5)

    outcome = send(raw_server(talk, host="ops:secret@127.0.0.1"))

    assert "can't be used" in outcome.error
    assert not outcome.permanent


def test_a_server_that_is_away_is_tried_again(send, resolve):
    outcome = send("smtp://mail.example.org:1")

    assert outcome.error == "The mail server can't be reached: Connection refused"
    assert not outcome.permanent


def test_a_name_that_nobody_knows_is_tried_again(send, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert send("smtp://mail.example.org").error == "The mail server can't be reached: Name or service not known"


@pytest.mark.usefixtures("trusted")
def test_an_address_where_nobody_answers_does_not_hide_the_next(mail_server, send, resolve):
    server = mail_server()
    resolve("::1", "127.0.0.1")

    assert send(server.url()) == ARRIVED
