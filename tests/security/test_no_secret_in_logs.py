"""No secret stands in any log: the whole application runs, people and an operator use it, and things go wrong."""

import base64
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import requests
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from asyncops.embedded.running import environment
from asyncops.embedded.secret_file import read_secrets
from tests.embedded.processes import Program, program
from tests.ports import free_port
from tests.waiting import eventually
from tests.webhooks.receiver import Receiver

UP = "import sys; from asyncops.cli import main; sys.argv = ['asyncops', 'up']; main()"
ADMIN = {"email": "boss@example.org", "password": "boss-entrance-77"}
MEMBER = {"email": "mia@example.org", "password": "mia-entrance-88", "full_name": "Mia Member"}
INVITED = {"email": "ivo@example.org", "password": "ivo-entrance-99", "full_name": "Ivo Invited"}
CHANGED, RESET, WRONG = "mia-changed-66", "mia-resetted-55", "mia-guessed-44"
SMTP_PASSWORD = "letter-p@ss/word-33"
CHAT_PASSWORD = "room-entrance-22"


class Post:
    """A mail server that wants a password, and what it was given."""

    def __init__(self):
        self.mails = []
        self.refuse = False
        self.refused = 0

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - as aiosmtpd calls it
        if self.refuse:
            self.refused += 1
            return "451 Not now"
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def sign_in(self, _server, _session, _envelope, _mechanism, data):
        return AuthResult(success=data.password == SMTP_PASSWORD.encode(), handled=False)

    def token_for(self, address, path):
        """The token of the newest link with that path to somebody."""
        for mail in reversed(self.mails):
            text = mail.get_body(("plain",)).get_content()
            if mail["To"] == address and (found := re.search(rf"{path}[#?]token=(\S+)", text)):
                return found.group(1)
        return None


@pytest.fixture
def post():
    post = Post()

    class Server(Controller):
        def factory(self):
            return SMTP(post, authenticator=post.sign_in, auth_require_tls=False)

    server = Server(post, hostname="127.0.0.1", port=free_port())
    server.start()
    post.url = f"smtp://mailer:{quote(SMTP_PASSWORD, safe='')}@127.0.0.1:{server.port}"
    yield post
    server.stop()


@pytest.fixture
def receiver():
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def running(tmp_path, post, receiver):
    """`asyncops up`, as talkative as it can be; gives the program, its address and its data folder."""
    data, port = tmp_path / "var", free_port()
    chat = receiver.url.removeprefix("http://").partition("/")[0]
    variables = {
        "PORT": str(port),
        "DATA_DIR": str(data),
        "LOG_LEVEL": "DEBUG",
        "ASYNCOPS_ADMIN_EMAIL": ADMIN["email"],
        "ASYNCOPS_ADMIN_PASSWORD": ADMIN["password"],
        "BCRYPT_ROUNDS": "4",
        "WEB_CONCURRENCY": "1",
        "SMTP_URL": post.url,
        "WEBHOOK_ALLOW_PRIVATE": "1",
        "WORKSPACE_CHAT_URL": f"json://room:{CHAT_PASSWORD}@{chat}/chat",
        "REGISTRATION": "open",
    }
    with program(tmp_path, UP, **variables) as started:
        started.wait_for("Ctrl-C stops everything")
        yield started, f"http://127.0.0.1:{port}", data


class Person:
    """Somebody's browser, and the secrets that it was given."""

    def __init__(self, site):
        self.site, self.secrets = site, set()
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method, path, status=None, **more):
        csrf = {"X-CSRF-TOKEN": self.session.cookies.get("csrf_access_token", "")}
        answer = self.session.request(
            method, self.site + path, timeout=30, headers=csrf | more.pop("headers", {}), **more
        )
        self.secrets |= {cookie.value for cookie in self.session.cookies}
        assert status is None or answer.status_code == status, answer.text
        return answer

    def sign_in(self, email, password, status=200):
        answer = self.ask("POST", "/api/auth/login", status, json={"email": email, "password": password})
        if status == 200:
            self.secrets.add(answer.json()["access_token"])
        return answer


@dataclass
class Story:
    """What happens, and the secrets that come up."""

    started: Program
    site: str
    data: Path
    post: Post
    receiver: Receiver
    secrets: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.mia, self.boss, self.ivo = Person(self.site), Person(self.site), Person(self.site)
        self.secrets |= {ADMIN["password"], MEMBER["password"], INVITED["password"], CHANGED, RESET, WRONG}
        self.secrets |= {SMTP_PASSWORD, CHAT_PASSWORD, "hush-hush", *read_secrets(self.data).values()}

    @property
    def told(self):
        """All that the application and its servers have written: standard output, and every log file."""
        files = [path for path in self.data.rglob("*.log*") if path.is_file()]
        assert {path.stem for path in files} >= {"postgres", "valkey"}, files
        return "\n".join([self.started.said, *(path.read_text(errors="replace") for path in files)])

    def mailed(self, person, path):
        eventually(lambda: self.post.token_for(person["email"], path))
        token = self.post.token_for(person["email"], path)
        self.secrets.add(token)
        return token

    def join_and_sign_in(self):
        """Rightly and wrongly, in both forms."""
        ask, typed = self.mia.ask, {"Content-Type": "application/json"}
        ask("POST", "/api/auth/register", 201, json=MEMBER)
        ask("POST", "/api/auth/register", 409, json=MEMBER)
        ask("POST", "/api/auth/register", 422, json=MEMBER | {"email": "x", "password": WRONG})
        self.mia.sign_in(MEMBER["email"], WRONG, 401)
        self.mia.sign_in("nobody@example.org", WRONG, 401)
        ask("POST", "/api/auth/login", 401, data={"username": MEMBER["email"], "password": WRONG})
        ask("POST", "/api/auth/login", 400, data=f'{{"password": "{WRONG}"', headers=typed)
        ask("POST", f"/api/auth/login?password={WRONG}", 422, json={})
        self.mia.sign_in(MEMBER["email"], MEMBER["password"])
        ask("GET", "/api/users/me", 200)
        ask("GET", "/api/users/me", 401, headers={"Authorization": f"Bearer {next(iter(self.mia.secrets))}x"})
        ask("POST", "/api/status", 401, json={"title": "t", "content": "c"}, headers={"X-CSRF-TOKEN": "wrong"})

    def change_passwords(self):
        """By oneself, and by a link; the mail server refuses once."""
        ask, change = self.mia.ask, "/api/users/me/change-password"
        body = {"current_password": MEMBER["password"], "new_password": CHANGED}
        ask("POST", change, 400, json=body | {"current_password": WRONG})
        ask("POST", change, 200, json=body)
        self.post.refuse = True
        ask("POST", "/api/auth/forgot-password", 202, json={"email": MEMBER["email"]})
        eventually(lambda: self.post.refused)
        self.post.refuse = False
        ask("POST", "/api/auth/forgot-password", 202, json={"email": MEMBER["email"]})
        token = self.mailed(MEMBER, "/reset-password")
        use = {"token": token, "new_password": RESET}
        # The link works once the job has ended that sent the mail.
        eventually(lambda: ask("POST", "/api/auth/reset-password", json=use | {"new_password": "x"}).status_code == 422)
        ask("POST", "/api/auth/reset-password", 400, json=use | {"token": token + "x"})
        ask("POST", "/api/auth/reset-password", 200, json=use)
        self.mia.sign_in(MEMBER["email"], RESET)

    def invite(self):
        self.boss.sign_in(ADMIN["email"], ADMIN["password"])
        invitation = {"email": INVITED["email"], "role": "admin"}
        token = self.boss.ask("POST", "/api/users/invitations", 201, json=invitation).json()["link"].partition("=")[2]
        assert self.mailed(INVITED, "/register") == token
        self.ivo.ask("POST", "/api/auth/register", 201, json=INVITED | {"invitation_token": token})
        self.ivo.ask("POST", "/api/auth/register", 400, json=INVITED | {"invitation_token": token})

    def tell_others(self):
        """By webhook, whose receiver fails, by chat and by mail."""
        hook = self.boss.ask("POST", "/api/webhooks", 201, json={"url": self.receiver.url, "events": ["*"]}).json()
        rotated = self.boss.ask("POST", f"/api/webhooks/{hook['id']}/rotate-secret", 200).json()
        self.secrets |= {one["secret"].removeprefix("whsec_") for one in (hook, rotated)}
        self.receiver.answer = self.receiver.status(500, b"no")
        incident = {"title": "t", "description": "d", "severity": "critical"}
        self.boss.ask("POST", "/api/incidents", 201, json=incident)
        eventually(lambda: "/chat" in map(str, self.receiver.paths) and len(self.receiver.paths) > 1)
        preferences, key = "/api/notifications/preferences", "TIiajkdnlazkcOXrIdevi7FQ"
        chat_url = f"https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/{key}"
        self.secrets.add(key)
        self.mia.ask("PUT", preferences, 422, json={"chat_url": f"{chat_url}?template=x"})
        self.mia.ask("PUT", preferences, 200, json={"chat_url": chat_url})
        token = self.mailed(MEMBER, "/api/notifications/unsubscribe")
        self.mia.ask("GET", f"/api/notifications/unsubscribe?token={token}", 200)
        self.mia.ask("POST", f"/api/notifications/unsubscribe?token={token}", 200)

    def break_things(self):
        """Routes fail with passwords in hand, statements wait, somebody tries too often."""
        url = environment(self.data)["DATABASE_URL"].replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as database:
            self.secrets |= {row[0] for row in database.execute("SELECT password_hash FROM users").fetchall()}
            database.execute("ALTER TABLE users RENAME COLUMN full_name TO renamed")
            self.mia.sign_in(MEMBER["email"], RESET, 500)
            self.mia.ask("POST", "/api/auth/register", 500, json=MEMBER | {"email": "late@example.org"})
            database.execute("ALTER TABLE users RENAME COLUMN renamed TO full_name")
            database.execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE")
            with ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(Person(self.site).sign_in, MEMBER["email"], RESET, None)
                blocked = "SELECT count(*) FROM pg_locks WHERE NOT granted"
                eventually(lambda: database.execute(blocked).fetchone()[0])
                database.execute("SELECT pg_sleep(0.3)")  # longer than SLOW_QUERY_MS
                database.execute("ROLLBACK")
                waiting.result()
        for _ in range(11):
            Person(self.site).sign_in(MEMBER["email"], WRONG, None)
        self.mia.ask("POST", "/api/auth/logout", 200)


@pytest.mark.timeout(900)
def test_no_secret_is_in_any_log(running, post, receiver):
    story = Story(*running, post, receiver)
    story.join_and_sign_in()
    story.change_passwords()
    story.invite()
    story.tell_others()
    story.break_things()
    told = story.told

    # It was the real thing, and all of it was told.
    events = (
        "signed_in",
        "sign_in_refused",
        "request_failed",
        "slow_query",
        "webhooks.deliver",
        "identity.send_invitation",
    )
    for event in (*events, '"status":429', '"status":500', "column users.full_name does not exist"):
        assert event in told, event
    secrets = story.secrets | story.mia.secrets | story.boss.secrets | story.ivo.secrets
    assert len(secrets) > 20
    found = [form for secret in secrets for form in forms(secret) if form in told]
    assert found == [], [line for line in told.splitlines() if any(form in line for form in found)][:5]


def forms(secret):
    """A secret as it stands, and as protocols would write it."""
    assert len(secret) >= 8, secret
    encoded = base64.b64encode(secret.encode()).decode().rstrip("=")
    return {secret, quote(secret, safe=""), encoded, secret.encode().hex()}
