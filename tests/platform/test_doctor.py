"""asyncops doctor: each thing that is wrong is one sentence."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import psycopg
import pytest
import time_machine
from rq import Worker

from asyncops.doctor import examine
from asyncops.extensions import redis_client, settings
from asyncops.jobs.enqueue import queue_named
from asyncops.jobs.registry import QUEUES
from asyncops.jobs.scheduling import Scheduler
from asyncops.jobs.serializer import JSONSerializer
from asyncops.schedule import ENTRIES
from asyncops.transaction import unit_of_work

PRODUCTION = {"ASYNCOPS_ENV": "production", "BCRYPT_ROUNDS": "12", "PUBLIC_URL": "https://127.0.0.1:1"}


@pytest.fixture
def ask(app):
    """Everything the doctor says about an application, by level."""

    def ask(examined=app):
        with examined.app_context(), unit_of_work():
            found = list(examine(settings()))
        return {level: [each.text for each in found if each.level == level] for level in ("ok", "note", "problem")}

    return ask


@pytest.fixture
def problems(ask):
    return lambda *examined: "\n".join(ask(*examined)["problem"])


@pytest.fixture
def workers(app):
    with app.app_context():
        connection = redis_client()
    queues = [queue_named(name, connection) for name in QUEUES]
    worker = Worker(queues, connection=connection, serializer=JSONSerializer)
    worker.register_birth()
    yield
    worker.register_death()


@pytest.fixture
def scheduler(app):
    with app.app_context():
        Scheduler(ENTRIES, redis_client()).reconcile()


@pytest.fixture
def web():
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200 if self.path == "/api/config" else 404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.usefixtures("admin", "workers", "scheduler")
def test_a_healthy_deployment_has_no_problem_but_that_of_tests(make_app, web, ask):
    said = ask(make_app(PUBLIC_URL=web))

    assert said["problem"] == [  # the tests' server is made to be fast
        f"{name} is off: what people were told is saved can be lost. Switch it on."
        for name in ("fsync", "full_page_writes", "synchronous_commit")
    ]
    assert len(said["ok"]) == 5


def test_what_does_not_run_is_named_with_the_command_that_starts_it(problems, make_app):
    said = problems(make_app(PUBLIC_URL="http://127.0.0.1:1"))

    for command in ("asyncops create-admin", "asyncops worker", "asyncops scheduler"):
        assert f"`{command}`" in said
    assert "Nobody answers at http://127.0.0.1:1" in said


def test_a_scheduler_that_stopped_is_noticed(problems, app):
    with time_machine.travel("2026-03-02T09:00:00Z"), app.app_context():
        Scheduler(ENTRIES, redis_client()).reconcile()

    assert "No scheduler runs" in problems()


def test_jobs_that_wait_too_long_are_counted(problems, enqueue):
    with time_machine.travel("2026-03-02T09:00:00Z"):
        enqueue("identity.purge_expired")
        assert "jobs wait" not in problems()
    with time_machine.travel("2026-03-02T09:05:01Z"):
        assert "1 jobs wait in maintenance" in problems()


def test_mails_and_summaries_that_are_late_are_counted(problems, make_user, client):
    with time_machine.travel("2026-03-02T08:58:00Z"):
        user = make_user()
        client.post("/api/auth/forgot-password", json={"email": user.email})
        assert "mails" not in problems()
    with time_machine.travel("2026-03-02T09:04:00Z"):
        assert "1 messages should be out" in problems()
        assert "Late summaries" not in problems()
    with time_machine.travel("2026-03-02T09:06:00Z"):
        assert "Late summaries: 2026-03-02." in problems()


def test_a_ledger_that_could_be_changed_is_a_problem(problems, servers):
    with psycopg.connect(servers.database_url.replace("+psycopg", ""), autocommit=True) as owner:
        owner.execute("ALTER TABLE activity DISABLE TRIGGER append_only_table")
        said = problems()
        owner.execute("ALTER TABLE activity ENABLE ALWAYS TRIGGER append_only_table")

    assert "The ledger's triggers" in said
    assert "The ledger's triggers" not in problems()


def test_more_processes_than_connections_are_a_problem(problems, make_app):
    assert "PostgreSQL takes 100 connections, the processes may want 138" in problems(
        make_app(WEB_CONCURRENCY="8", WEB_THREADS="14")
    )


def test_a_redis_that_is_away_hides_nothing_else(problems, make_app):
    said = problems(make_app(REDIS_URL="redis://127.0.0.1:1/0"))

    assert "Redis does not answer" in said
    assert "create-admin" in said


def test_a_database_that_is_away_hides_nothing_else(problems, make_app):
    said = problems(make_app(DATABASE_URL="postgresql://nobody@127.0.0.1:1/none"))

    assert "The database is unreachable." in said
    assert "`asyncops worker`" in said


def test_a_database_without_tables_wants_the_migrations(problems, make_app, servers):
    empty = servers.database_url.rpartition("/")[0] + "/template1"

    assert "The database lacks its tables. Run `asyncops migrate`." in problems(make_app(DATABASE_URL=empty))


def test_a_folder_that_cannot_be_made_is_a_problem(problems, make_app, tmp_path):
    (file := tmp_path / "file").touch()

    assert f"{file}/data (DATA_DIR) can't be written to" in problems(make_app(DATA_DIR=f"{file}/data"))


def test_a_folder_of_somebody_else_is_a_problem(problems, make_app, monkeypatch):
    def forbidden(path):
        if "private" in str(path):
            raise PermissionError(13, "Permission denied")
        return True

    monkeypatch.setattr("pathlib.Path.exists", forbidden)

    assert "can't look into /private/data (DATA_DIR)" in problems(make_app(DATA_DIR="/private/data"))


@pytest.mark.parametrize(
    ("name", "level", "words"),
    [
        ("asyncops-20260301T070000Z.zip", "ok", "The newest backup in DATA_DIR is 2 hours old."),
        ("asyncops-20260226T070000Z.zip", "note", "The newest backup in DATA_DIR is 3 days old: look whether"),
    ],
)
@time_machine.travel("2026-03-01T09:00:00Z", tick=False)
def test_the_age_of_the_newest_backup_is_told(ask, make_app, tmp_path, name, level, words):
    (tmp_path / "backups").mkdir()
    for file in ("asyncops-20260220T070000Z.zip", name):
        (tmp_path / "backups" / file).touch()

    assert words in "\n".join(ask(make_app(DATA_DIR=str(tmp_path)))[level])


def test_nothing_is_said_of_backups_where_none_are_kept(ask, make_app, tmp_path):
    assert "backup" not in str(ask(make_app(DATA_DIR=str(tmp_path))))


@pytest.mark.parametrize(
    ("changed", "level", "words"),
    [
        ({}, "note", "development mode"),
        (PRODUCTION, "note", "TRUSTED_PROXIES is 0"),
        (PRODUCTION, "note", "REGISTRATION is open"),
        (PRODUCTION | {"RATELIMIT_ENABLED": "0"}, "problem", "RATELIMIT_ENABLED is 0"),
        ({}, "note", "Mails are only kept as files"),
        (PRODUCTION, "problem", "Mails are only kept as files"),
        ({"SMTP_URL": "smtp://127.0.0.1:1"}, "problem", "MAIL_FROM is an address at localhost"),
        ({"SMTP_URL": "smtp://127.0.0.1:1"}, "problem", "The mail server can't be reached: Connection refused."),
    ],
)
def test_the_settings_are_looked_at(ask, make_app, changed, level, words):
    assert words in "\n".join(ask(make_app(**changed))[level])


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize("tls", ["starttls", "at once"])
def test_the_mail_server_is_asked_to_sign_us_in_and_gets_no_mail(ask, make_app, mail_server, tls):
    server = mail_server(tls)
    sender = {"MAIL_FROM": "Ops <ops@example.org>"}

    good = ask(make_app(SMTP_URL=server.url("ops:secret"), **sender))
    bad = ask(make_app(SMTP_URL=server.url("ops:wrong"), **sender))

    assert "The mail server at mail.example.org answers and signs us in." in good["ok"]
    assert "mail" not in "\n".join(good["problem"]).casefold()
    assert "The mail server answered 535 5.7.8" in "\n".join(bad["problem"])
    assert "wrong" not in "\n".join(bad["problem"])
    assert server.postbox.envelopes == []


def test_a_mail_server_with_a_certificate_of_its_own_is_a_problem(problems, make_app, mail_server):
    assert "certificate is not trusted" in problems(make_app(SMTP_URL=mail_server().url()))


def test_a_mail_server_that_says_nothing_does_not_hold_the_rest_up(problems, make_app, monkeypatch):
    monkeypatch.setattr("asyncops.mail.smtp.TRY_SECONDS", 0.3)
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        said = problems(make_app(SMTP_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}"))

    assert time.monotonic() - began < 5
    assert "The mail server did not answer in time" in said
    assert "Nobody answers at http" in said


def test_a_mail_server_that_takes_no_leave_is_no_problem(problems, make_app, mail_server):
    server = mail_server("none")
    server.postbox.answers["QUIT"] = ["drop"]

    assert "mail server" not in problems(make_app(SMTP_URL=server.url(host="127.0.0.1"), MAIL_FROM="ops@example.org"))
