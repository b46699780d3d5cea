"""A POST to an address that somebody typed in: what may be reached, and that it ends."""

import ipaddress
import socket
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from asyncops import outbound
from asyncops.config import Settings
from asyncops.deadline import OUTSIDE_SECONDS
from asyncops.outbound import NoAnswer, NotAllowed, check_url, is_public, post

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
PRODUCTION = settings(ASYNCOPS_ENV="production")


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


@pytest.fixture
def names(monkeypatch):
    """Let look-ups give the listed answers, one after the other; tells how many there were and who was connected to."""

    class Names:
        looked_up, connected = 0, []

        def give(self, *answers):
            def getaddrinfo(host, port, **_):
                addresses = answers[min(self.looked_up, len(answers) - 1)]
                self.looked_up += 1
                found = []
                for address in addresses:
                    family = socket.AF_INET6 if ":" in address else socket.AF_INET
                    end = (address, port) if family == socket.AF_INET else (address, port, 0, 0)
                    found.append((family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", end))
                return found

            monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    names = Names()
    names.connected = []
    connect = socket.socket.connect

    def noted(self, address):
        names.connected.append(address[0])
        if not ipaddress.ip_address(address[0]).is_loopback:
            raise ConnectionRefusedError(111, "Connection refused")
        return connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", noted)
    return names


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
    check_url("http://hooks.example.org/", settings(ASYNCOPS_ENV="production", WEBHOOK_ALLOW_PRIVATE="1"))
    check_url("https://hooks.example.org/", PRODUCTION)

    with pytest.raises(NotAllowed, match="https://"):
        check_url("http://hooks.example.org/", PRODUCTION)


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
    with serving(talk) as (port, _), pytest.raises(NoAnswer, match=why):
        timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=SECONDS))


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
        given = timed(lambda: post(f"http://127.0.0.1:{port}/", b"", {}, INSIDE_TOO, seconds=SECONDS))

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


@pytest.fixture
def certified(tmp_path, monkeypatch):
    """Let this process trust a certificate for one name; gives what makes a server's connections speak TLS with it."""

    def certify(name):
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "certificate.pem"
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret = tmp_path / "key.pem"
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file, secret)
        context.sni_callback = lambda _, asked_for, __: certify.asked_for.append(asked_for)
        return lambda connection: context.wrap_socket(connection, server_side=True)

    certify.asked_for = []
    return certify


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
