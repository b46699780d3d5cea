"""Settings: validated once, with one line for each that is wrong."""

import re
from datetime import time
from pathlib import Path

import pytest

from asyncops.config import Settings, SettingsError, rules
from asyncops.mail_settings import SmtpServer

ROOT = Path(__file__).parents[2]
SMALLEST = {
    "DATABASE_URL": "postgresql://user:pw@host/db",
    "REDIS_URL": "redis://host:6379/0",
    "SECRET_KEY": "k3y-0123456789-abcdefghijklmnopqrs",
    "JWT_SECRET_KEY": "t0ken-0123456789-abcdefghijklmnopq",
    "ENCRYPTION_KEY": "dGVzdHMtZW5jcnlwdGlvbi1rZXktMDEyMzQ1Njc4OWE=",
}


def load(**changed):
    return Settings.from_environment(SMALLEST | changed)


def test_the_defaults_are_those_of_one_machine():
    settings = load()

    assert settings.asyncops_env == "development"
    assert settings.bcrypt_rounds == 12
    assert settings.summary_time == time(9)
    assert settings.base_url == "http://localhost:8000"
    assert settings.cors_origins == ()
    assert settings.asyncops_admin_email is None


def test_set_but_empty_is_unset():
    assert load(PORT="", CORS_ORIGINS="", PUBLIC_URL="").port == 8000


@pytest.mark.parametrize("given", ["postgres://u:p@h/d", "postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"])
def test_every_spelling_of_a_postgresql_address_names_the_driver(given):
    assert load(DATABASE_URL=given).database_url == "postgresql+psycopg://u:p@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "sqlite:///x.db"),
        ("REDIS_URL", "localhost"),
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("JWT_SECRET_KEY", "please-change-me-please-change-me-0123"),
        ("PORT", "0"),
        ("PORT", "http"),
        ("ASYNCOPS_ENV", "staging"),
        ("PUBLIC_URL", "ops.example.org"),
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "https://ops.example.org"),
        ("WEB_TIMEOUT", "1"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://a.example.org,nonsense"),
        ("REGISTRATION", "maybe"),
        ("ALLOWED_EMAIL_DOMAINS", "@example.org"),
        ("RATELIMIT_ENABLED", "yes"),
        ("BCRYPT_ROUNDS", "3"),
        ("TOKEN_HOURS", "0"),
        ("SUMMARY_TIME", "9:00"),
        ("SUMMARY_TIME", "25:00"),
        ("SUMMARY_TIMEZONE", "Mars/Olympus"),
        ("SUMMARY_TIMEZONE", "../../etc/passwd"),
        ("SUMMARY_CATCH_UP_DAYS", "0"),
        ("SMTP_URL", "mail.example.org:587"),
        ("SMTP_URL", "http://mail.example.org"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://ops:hunter2@"),
        ("SMTP_URL", "smtp://ops@mail.example.org"),
        ("SMTP_URL", "smtp://ops:hunter/2@mail.example.org"),
        ("SMTP_URL", "smtp://ops:12#3@mail.example.org"),
        ("SMTP_URL", "smtp://ops:hunter%002@mail.example.org"),
        ("SMTP_URL", "smtp://ops:hunter%C3%A42@mail.example.org"),
        ("SMTP_URL", "smtp://mail.example.org:0"),
        ("SMTP_URL", "smtp://mail.example.org:70000"),
        ("SMTP_URL", "smtp://mail..example.org"),
        ("SMTP_URL", "smtp://mail!example.org"),
        ("SMTP_URL", "smtp://mail.example.org/path"),
        ("PUBLIC_URL", "https://ops.example.org/a b"),
        ("MAIL_FROM", "nobody"),
        ("MAIL_FROM", "a@b, c@d"),
        ("MAIL_FROM", "Team, Ops <a@b>"),
        ("MAIL_FROM", "ä@example.org"),
        ("MAIL_FROM", "ops@bücher.example"),
        ("MAIL_FROM", "AsyncOps <ops@example.org"),
        ("MAIL_FROM", "Ops\a <ops@example.org>"),
        ("MAIL_FROM", "a@b\r\nBcc: c@d"),
        ("ASYNCOPS_ADMIN_EMAIL", "admin"),
        ("LOG_LEVEL", "loud"),
        ("SLOW_QUERY_MS", "-1"),
        ("SLOW_QUERY_MS", "slow"),
        ("SENTRY_DSN", "sentry.example.org/1"),
        ("SENTRY_DSN", "https://sentry.example.org/1"),
        ("SENTRY_DSN", "https://hunter2@sentry.example.org/"),
        ("WEB_CONCURRENCY", "0"),
        ("DATABASE_PREPARED", "true"),
    ],
)
def test_a_wrong_setting_is_one_line_with_its_name_and_what_it_may_be(name, value):
    with pytest.raises(SettingsError) as refusal:
        load(**{name: value})

    (line,) = str(refusal.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert line.endswith(f"It may be {rules()[name].may_be}.")
    assert "hunter" not in line


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587, tls_at_once=False)),
        ("smtps://mail.example.org/", SmtpServer("mail.example.org", 465, tls_at_once=True)),
        ("smtp://[::1]:25", SmtpServer("::1", 25, tls_at_once=False)),
        (
            "smtps://ops%40example.org:p%3A%2F%40%25+@mail.example.org:4650",
            SmtpServer("mail.example.org", 4650, tls_at_once=True, user="ops@example.org", password="p:/@%+"),
        ),
    ],
)
def test_a_mail_server_is_read_from_its_url(url, server):
    assert load(SMTP_URL=url).smtp_url == server


@pytest.mark.parametrize(
    ("host", "plain"),
    [("localhost", True), ("127.0.0.2", True), ("[::1]", True), ("10.0.0.1", False), ("localhost.example.org", False)],
)
def test_only_this_machine_itself_may_do_without_tls(host, plain):
    assert load(SMTP_URL=f"smtp://{host}").smtp_url.may_be_plain is plain


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ("ops@example.org", "ops@example.org"),
        ("Öps <ops@example.org>", "Öps <ops@example.org>"),
        ("Acme Inc. <ops@example.org>", '"Acme Inc." <ops@example.org>'),
        ('"Team, Ops" <ops@example.org>', '"Team, Ops" <ops@example.org>'),
    ],
)
def test_a_sender_is_an_address_with_or_without_a_name(given, sender):
    assert str(load(MAIL_FROM=given).mail_from) == sender


def test_the_settings_show_no_password_of_the_mail_server():
    assert "hunter2" not in repr(load(SMTP_URL="smtp://ops:hunter2@mail.example.org").smtp_url)


@pytest.mark.parametrize("name", sorted(SMALLEST))
def test_a_missing_setting_is_named_and_no_secret_is_shown(name):
    with pytest.raises(SettingsError, match=rf"^{name}: it must be set\. It may be "):
        load(**{name: ""})


def test_a_wrong_secret_is_not_printed():
    with pytest.raises(SettingsError) as refusal:
        load(JWT_SECRET_KEY="hunter2hunter2")

    assert "hunter2" not in str(refusal.value)


def test_all_problems_are_told_at_once():
    with pytest.raises(SettingsError) as refusal:
        load(PORT="x", LOG_LEVEL="y")

    assert [line.split(":")[0] for line in str(refusal.value).splitlines()] == ["PORT", "LOG_LEVEL"]


@pytest.mark.parametrize(
    "weak",
    [
        {"BCRYPT_ROUNDS": "10"},
        {"JWT_SECRET_KEY": SMALLEST["SECRET_KEY"]},
        {"PUBLIC_URL": ""},
        {"PUBLIC_URL": "http://a.b"},
    ],
    ids=["cheap hashes", "one key for two", "no address", "an address without TLS"],
)
def test_production_is_stricter(weak):
    assert load(**weak)
    production = {"ASYNCOPS_ENV": "production", "PUBLIC_URL": "https://ops.example.org"}
    assert load(**production)
    with pytest.raises(SettingsError, match="in production"):
        load(**production | weak)


@pytest.mark.parametrize(
    ("given", "hosts"),
    [
        ({}, ("localhost",)),
        ({"PUBLIC_URL": "https://ops.example.org"}, ("ops.example.org",)),
        ({"ALLOWED_HOSTS": "ops.example.org, .example.com"}, ("ops.example.org", ".example.com")),
        ({"PUBLIC_URL": "https://Ops.example.org:8443/x", "ASYNCOPS_ENV": "production"}, ("ops.example.org",)),
        ({"PUBLIC_URL": "https://a.b", "ASYNCOPS_ENV": "production", "ALLOWED_HOSTS": "c.d"}, ("c.d",)),
    ],
)
def test_requests_may_use_the_public_name_alone_or_those_listed(given, hosts):
    assert load(**given).trusted_hosts == hosts


def test_a_start_that_makes_what_is_missing_still_refuses_what_is_wrong():
    Settings.refuse_wrong({})
    with pytest.raises(SettingsError, match=r"^PORT: 'x' is not allowed\. .*$"):
        Settings.refuse_wrong({"PORT": "x"})


def test_the_documentation_lists_every_setting_with_its_default():
    table = (ROOT / "docs/configuration.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]*?) \|", table, re.MULTILINE))

    def default(rule):
        return "required" if rule.required else f"`{rule.default}`" if rule.default else "unset"

    assert rows == {name: default(rule) for name, rule in rules().items()}
