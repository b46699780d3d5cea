"""Names and certificates of hosts that are not there."""

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


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
