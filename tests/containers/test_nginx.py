"""docker/nginx: what nginx serves, hands on and refuses."""

import datetime as dt
import gzip
import json
import socket
import ssl
import subprocess

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from asyncops.app import MAX_BODY_BYTES
from tests.containers.conftest import FILES, NGINX
from tests.ports import free_port
from tests.waiting import eventually

HARDENING = [
    "X-Content-Type-Options",
    "Referrer-Policy",
    "X-Frame-Options",
    "Cross-Origin-Opener-Policy",
    "Permissions-Policy",
    "Content-Security-Policy",
]
PROBLEM = "application/problem+json"


@pytest.fixture
def site(front, web):
    """nginx before one web process."""
    return front(web())


@pytest.fixture
def alone(front):
    """nginx before nobody."""
    return front(free_port())


@pytest.mark.parametrize("path", ["/", "/incidents", "/incidents/7", "/admin/users", "/no.such.page", "/index.html"])
def test_every_page_starts_with_the_one_document_which_is_always_asked_for_anew(alone, path):
    answer = alone.ask("GET", path)

    assert (answer.status_code, answer.content) == (200, FILES["index.html"])
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert not {"ETag", "Last-Modified"} & set(answer.headers)


@pytest.mark.parametrize(("asked", "file"), [("gzip", ".gz"), ("br, gzip", ".br"), ("identity", "")])
def test_assets_are_kept_for_a_year_and_come_as_small_as_the_browser_can_read(alone, asked, file):
    name = "assets/index-Ab12.js"
    with alone.ask("GET", f"/{name}", headers={"Accept-Encoding": asked}, stream=True) as answer:
        content = answer.raw.read()  # as it travelled: these are no real archives

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert content == FILES[name + file]
    assert answer.headers.get("Content-Encoding") == {".gz": "gzip", ".br": "br", "": None}[file]


@pytest.mark.parametrize(
    "path", ["/assets/gone-Xy99.js", "/.vite/manifest.json", "/.env", "/metrics", "/metrics/", "//metrics"]
)
def test_what_is_not_to_be_had_is_a_404_as_the_application_would_say_it(alone, path):
    answer = alone.ask("GET", path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (404, PROBLEM)
    assert answer.json()["code"] == "not_found"
    assert answer.json()["request_id"] == answer.headers["X-Request-ID"]
    assert "immutable" not in answer.headers["Cache-Control"]


def test_nobody_reaches_the_metrics_by_another_spelling(site):
    for path in ("/%6detrics", "/api/../metrics", "/api/%2e%2e/metrics", "/api/..%2fmetrics", "/x/..%2fmetrics"):
        with socket.create_connection(("127.0.0.1", site.port), timeout=30) as connection:  # requests would tidy it up
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
            said = connection.makefile("rb").read()
        assert said.startswith((b"HTTP/1.1 404", b"HTTP/1.1 401")), path


def test_static_answers_are_as_guarded_as_the_application(site):
    of_application = site.ask("GET", "/api/config").headers
    for path in ("/", "/assets/index-Ab12.js", "/assets/gone.js"):
        of_nginx = site.ask("GET", path, headers={"Accept-Encoding": "identity"}).headers
        assert {name: of_nginx.get(name) for name in HARDENING} == {name: of_application[name] for name in HARDENING}
        assert of_nginx["Server"] == "nginx"
    assert of_application["Server"] == "nginx"
    answer = site.ask("GET", "/api/config").raw.headers
    assert all(len(answer.getlist(name)) == 1 for name in [*HARDENING, "X-Request-ID", "Server"])


def test_the_api_the_jobs_and_the_probes_are_the_applications(site):
    assert site.ask("GET", "/api/config").json()["workspace_name"] == "AsyncOps"
    assert site.ask("GET", "/api").headers["Content-Type"] == PROBLEM
    assert site.ask("GET", "/admin/jobs").status_code == 401
    assert site.ask("GET", "/admin/jobs/").status_code == 401
    assert site.ask("GET", "/admin/jobsters").content == FILES["index.html"]
    assert site.ask("GET", "/healthz").json() == {"status": "ok"}
    assert site.ask("GET", "/readyz").status_code == 200


def test_a_request_keeps_its_id_on_both_sides(site):
    given = site.ask("GET", "/api/config", headers={"X-Request-ID": "from-outside.1"})
    made = site.ask("GET", "/api/config", headers={"X-Request-ID": "no good <id>"})

    assert given.headers["X-Request-ID"] == "from-outside.1"
    made_id = made.headers["X-Request-ID"]
    assert len(made_id) == 32

    def logged():
        lines = [json.loads(line) for line in site.lines() if line.startswith("{")]
        return [(line["request_id"], line["path"], line["status"]) for line in lines if line["upstream"]]

    expected = [("from-outside.1", "/api/config", "200"), (made_id, "/api/config", "200")]
    eventually(lambda: logged() == expected, "both lines")


def test_the_log_keeps_no_query(alone):
    alone.ask("GET", "/unsubscribe?token=signed-7")

    eventually(lambda: any('"path":"/unsubscribe"' in line for line in alone.lines()), "the line")
    assert "signed-7" not in "".join(alone.lines())


def test_a_body_may_be_as_long_for_nginx_as_for_the_application_and_no_longer(site, web):
    def post(length, ask=site.ask):
        return ask("POST", "/api/auth/login", data=b"x" * length, headers={"Content-Type": "application/json"})

    assert post(MAX_BODY_BYTES).status_code == 400  # read, and no JSON
    refused = post(MAX_BODY_BYTES + 1)
    assert (refused.status_code, refused.headers["Content-Type"]) == (413, PROBLEM)
    told = refused.json()
    assert told.pop("request_id") == refused.headers["X-Request-ID"]

    chunks = site.ask("POST", "/api/auth/login", data=iter([b"x" * (MAX_BODY_BYTES + 1)]))
    assert (chunks.status_code, chunks.headers["Content-Type"]) == (413, PROBLEM)
    assert told == {name: value for name, value in chunks.json().items() if name != "request_id"}


def test_an_address_that_nginx_takes_is_not_too_long_for_the_application(site):
    assert site.ask("GET", "/api/config?x=" + "a" * 8000).status_code == 200
    assert site.ask("GET", "/api/config?x=" + "a" * 8200).status_code == 414


def test_without_an_application_the_pages_still_come_and_the_rest_says_so(alone):
    assert alone.ask("GET", "/incidents").status_code == 200
    answer = alone.ask("GET", "/api/config")
    assert (answer.status_code, answer.headers["Content-Type"]) == (502, PROBLEM)
    assert (answer.json()["code"], answer.headers["Retry-After"]) == ("bad_gateway", "5")


def test_a_get_comes_compressed_and_an_answer_with_a_token_does_not(site):
    headers = {"Accept-Encoding": "gzip"}
    with site.ask("GET", "/api/openapi.json", headers=headers, stream=True) as answer:
        content = answer.raw.read()
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(content))["openapi"]
    answer = site.ask("GET", "/api/auth/" + "x" * 2000, headers=headers)
    assert len(answer.content) > 50
    assert "Content-Encoding" not in answer.headers


class TestWhoIsAsking:
    """Eleven failed sign-ins to one account: the tenth from one address is the last that is looked at."""

    ATTEMPTS = 11

    def statuses(self, site, forwarded):
        login = {"email": "nobody@example.org", "password": "wrong-pass-1"}
        return [
            site.ask("POST", "/api/auth/login", json=login, headers=forwarded(number)).status_code
            for number in range(self.ATTEMPTS)
        ]

    def test_a_forged_address_changes_nothing(self, site):
        forged = self.statuses(
            site,
            lambda n: {
                "X-Forwarded-For": f"203.0.113.{n}",
                "X-Real-IP": f"203.0.113.{n}",
                "Forwarded": f"for=203.0.113.{n}",
            },
        )

        assert forged == [401] * 10 + [429]

    def test_a_balancer_that_is_listed_may_say_whom_it_serves(self, front, web):
        site = front(web(), TRUSTED_RANGES="127.0.0.0/8, 10.0.0.0/8")

        honest = self.statuses(site, lambda n: {"X-Forwarded-For": f"203.0.113.{n}"})
        forged = self.statuses(site, lambda n: {"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.7"})
        through_two = self.statuses(site, lambda n: {"X-Forwarded-For": f"203.0.113.{n}, 198.51.100.8, 10.1.2.3"})

        assert honest == [401] * 11
        assert forged == [401] * 10 + [429]
        assert through_two == [401] * 10 + [429]

    def test_another_balancer_may_not(self, front, web):
        site = front(web(), TRUSTED_RANGES="10.0.0.0/8")

        assert self.statuses(site, lambda n: {"X-Forwarded-For": f"203.0.113.{n}"}) == [401] * 10 + [429]


@pytest.fixture
def in_production():
    return {"ASYNCOPS_ENV": "production", "BCRYPT_ROUNDS": "12", "PUBLIC_URL": "https://ops.example.org"}


def test_behind_a_balancer_with_tls_http_is_sent_to_https(front, web, in_production):
    site = front(web(**in_production), TRUSTED_RANGES="127.0.0.1/32", HTTPS_ONLY="1")
    host = {"Host": "ops.example.org"}

    for path in ("/", "/incidents/7?x=1", "/api/config", "/admin/jobs", "/assets/index-Ab12.js"):
        plain = site.ask("GET", path, headers=host | {"X-Forwarded-Proto": "http"})
        assert (plain.status_code, plain.headers["Location"]) == (301, f"https://ops.example.org{path}")
        assert "Strict-Transport-Security" not in plain.headers
    for path in ("/", "/api/config"):
        answer = site.ask("GET", path, headers=host | {"X-Forwarded-Proto": "https"})
        assert (answer.status_code, answer.headers["Strict-Transport-Security"]) == (200, "max-age=31536000")
    for path in ("/healthz", "/frontendz"):
        assert site.ask("GET", path).status_code == 200


@pytest.mark.parametrize("name", ["evil.example", "ops.example.org"])
def test_http_is_sent_to_our_own_name_whatever_name_it_asked_for(front, web, in_production, name):
    site = front(
        web(**in_production), TRUSTED_RANGES="127.0.0.1/32", HTTPS_ONLY="1", PUBLIC_URL="https://ops.example.org/"
    )

    plain = site.ask("GET", "/incidents?x=1", headers={"Host": name, "X-Forwarded-Proto": "http"})

    assert (plain.status_code, plain.headers["Location"]) == (301, "https://ops.example.org/incidents?x=1")


def test_who_is_no_balancer_cannot_claim_to_have_come_by_https(front, web, in_production):
    site = front(web(**in_production))
    claim = {"Host": "ops.example.org", "X-Forwarded-Proto": "https"}

    assert site.ask("GET", "/api/docs", headers=claim).status_code == 301
    assert site.ask("GET", "/api/config", headers=claim).status_code == 403
    assert site.ask("GET", "/api/config", headers={"Host": "evil.example.org"}).status_code == 400


@pytest.fixture
def certificate(tmp_path):
    """A throwaway certificate for localhost and its key: variables of `render`, and what a client trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=7))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = {"TLS_CERTIFICATE": tmp_path / "tls.crt", "TLS_KEY": tmp_path / "tls.key"}
    paths["TLS_CERTIFICATE"].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths["TLS_KEY"].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return {name: str(path) for name, path in paths.items()}


def test_one_machine_with_its_own_certificate(front, web, certificate, in_production, tmp_path):
    proofs = tmp_path / "acme" / ".well-known" / "acme-challenge"
    proofs.mkdir(parents=True)
    (proofs / "token").write_text("proof")
    port = free_port()
    in_production |= {"PUBLIC_URL": f"https://localhost:{port}"}
    more = {
        "TLS": "1",
        "PUBLIC_URL": "https://ops.example.org",
        "TLS_LISTEN": f"127.0.0.1:{port}",
        "ACME_FOLDER": str(tmp_path / "acme"),
        **certificate,
    }
    site = front(web(**in_production), **more)

    def ask(path, method="GET", **how):
        context = ssl.create_default_context(cafile=certificate["TLS_CERTIFICATE"])
        for name, value in how.items():
            setattr(context, name, value)
        with (
            socket.create_connection(("127.0.0.1", port), timeout=30) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            head = f"{method} {path} HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n"
            tls.sendall(head.encode())
            return tls.makefile("rb").read().decode()

    for path in ("/incidents", "/api/config"):
        answer = ask(path)
        assert answer.startswith("HTTP/1.1 200")
        assert answer.count("Strict-Transport-Security: max-age=31536000") == 1
    assert ask("/", maximum_version=ssl.TLSVersion.TLSv1_2).startswith("HTTP/1.1 200")
    plain = site.ask("GET", "/incidents?x=1", headers={"Host": "evil.example"})
    assert (plain.status_code, plain.headers["Location"]) == (301, "https://ops.example.org/incidents?x=1")
    assert site.ask("GET", "/.well-known/acme-challenge/token").text == "proof"
    assert site.ask("GET", "/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"LISTEN": "80; include /etc/passwd"},
        {"TRUSTED_RANGES": "10.0.0.0/8; deny all"},
        {"STATIC_FILES": "/srv/$uri"},
        {"TLS": "yes"},
        {"WEB_UPSTREAMS": "web"},
        {"WEB_UPSTREAMS": "web:8000 ;"},
    ],
    ids=str,
)
def test_a_wrong_variable_stops_the_start_with_one_line(wrong, tmp_path):
    run = subprocess.run(
        [NGINX / "render"],
        env={"PATH": "/usr/bin:/bin", "RUN_DIR": str(tmp_path), **wrong},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert run.returncode == 1
    assert len(run.stderr.splitlines()) == 1


def test_a_switch_to_what_nginx_refuses_changes_nothing(alone):
    before = (alone.folder / "upstreams.conf").read_text("utf-8")
    run = subprocess.run(
        [NGINX / "switch", "no-such-host.invalid:8000"],
        env=alone.environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert run.returncode == 1
    assert "nothing was changed" in run.stderr
    assert (alone.folder / "upstreams.conf").read_text("utf-8") == before
    assert alone.ask("GET", "/").status_code == 200
