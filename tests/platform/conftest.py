"""A mail server that takes mails, or refuses, drops and delays them; it is known as mail.example.org here."""

import datetime as dt
import logging
import socket
import ssl
from ipaddress import ip_address
from types import SimpleNamespace

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

MAIL_HOST = "mail.example.org"


@pytest.fixture
def silent_port():
    """Somebody takes connections there and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    """A throwaway authority, and a certificate that it signed for the mail server: paths of both."""
    folder = tmp_path_factory.mktemp("authority")
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "server")}
    names = {name: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in keys}
    now = dt.datetime.now(dt.UTC)

    def sign(subject, *extensions):
        builder = (
            x509.CertificateBuilder()
            .subject_name(names[subject])
            .issuer_name(names["authority"])
            .public_key(keys[subject].public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=36_500))
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        certificate = builder.sign(keys["authority"], hashes.SHA256())
        path = folder / f"{subject}.pem"
        key = keys[subject].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + key)
        return path

    of_server = x509.SubjectAlternativeName([x509.DNSName(MAIL_HOST), x509.IPAddress(ip_address("192.0.2.1"))])
    signed = x509.AuthorityKeyIdentifier.from_issuer_public_key(keys["authority"].public_key())
    known_as = x509.SubjectKeyIdentifier.from_public_key(keys["authority"].public_key())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
    return SimpleNamespace(
        path=sign("authority", (x509.BasicConstraints(ca=True, path_length=0), True), (usage, True), (known_as, False)),
        server=sign("server", (of_server, False), (signed, False)),
    )


@pytest.fixture
def trusted(authority, monkeypatch):
    """This machine trusts the authority, as it would a real one."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.path))


@pytest.fixture
def resolve(monkeypatch):
    """Let names of mail servers stand for loopback, which is not their name: the strict rules hold."""
    ask = socket.getaddrinfo

    def resolve(*addresses):
        def answer(host, *rest, **more):
            found = addresses if str(host).endswith(".example.org") else (host,)
            return [each for address in found for each in ask(address, *rest, **more)]

        monkeypatch.setattr(socket, "getaddrinfo", answer)

    resolve("127.0.0.1")
    return resolve


class Postbox:
    """What a mail server saw, and what it is to answer: `answers` by command, taken one after the other.

    `meanwhile` is done once, while a mail is being sent that is not confirmed yet.
    """

    def __init__(self):
        self.envelopes = []
        self.passwords = []
        self.greetings = []
        self.encrypted = []
        self.answers = {}
        self.meanwhile = lambda: None

    def _answer(self, command, usual="250 OK"):
        waiting = self.answers.get(command)
        return waiting.pop(0) if waiting else usual

    async def _hello(self, _server, session, _envelope, hostname, responses):
        session.host_name = hostname
        self.greetings.append(hostname)
        return responses

    async def _mail(self, _server, _session, envelope, address, _options):
        envelope.mail_from = address
        return self._answer("MAIL")

    async def _rcpt(self, _server, _session, envelope, address, _options):
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT")

    async def _data(self, server, _session, envelope):
        self.encrypted.append(server.transport.get_extra_info("ssl_object") is not None)
        self.envelopes.append(envelope)
        once, self.meanwhile = self.meanwhile, lambda: None
        once()
        answer = self._answer("DATA")
        if answer == "drop":
            server.transport.abort()
        return answer

    async def _quit(self, server, _session, _envelope):
        answer = self._answer("QUIT", "221 Bye")
        if answer == "drop":
            server.transport.abort()
        return answer

    # As aiosmtpd calls them.
    handle_EHLO, handle_MAIL, handle_RCPT, handle_DATA, handle_QUIT = _hello, _mail, _rcpt, _data, _quit  # noqa: N815

    def sign_in(self, _server, _session, _envelope, _mechanism, data):
        self.passwords.append((data.login.decode(), data.password.decode()))
        return AuthResult(success=data.password != b"wrong", handled=False)


@pytest.fixture
def mail_server(authority, resolve):
    """Start a mail server: `tls` "starttls", "at once" or "none"; it has `.postbox` and `.url(credentials)`."""
    running = []
    logging.getLogger("mail.log").disabled = True  # aiosmtpd's: it would stand among our lines

    def start(tls="starttls", *, auth=True):
        postbox = Postbox()
        context = None
        if tls != "none":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(authority.server)

        class Server(Controller):
            def factory(self):
                return SMTP(
                    postbox,
                    hostname=MAIL_HOST,
                    tls_context=context if tls == "starttls" else None,
                    require_starttls=tls == "starttls",
                    authenticator=postbox.sign_in if auth else None,
                    auth_require_tls=tls == "starttls",
                )

            def _trigger_server(self):
                self.port = self.server.sockets[0].getsockname()[1]
                super()._trigger_server()

        server = Server(postbox, hostname="127.0.0.1", port=0, ssl_context=context if tls == "at once" else None)
        server.start()
        running.append(server)
        scheme = "smtps" if tls == "at once" else "smtp"

        def url(credentials="", host=MAIL_HOST):
            return f"{scheme}://{credentials}{'@' if credentials else ''}{host}:{server.port}"

        return SimpleNamespace(postbox=postbox, url=url)

    yield start
    for server in running:
        server.stop()
