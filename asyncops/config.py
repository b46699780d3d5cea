"""Settings: all from the environment, validated once at the start, with one line for each that is wrong."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import time
from email.headerregistry import Address
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet

from asyncops.clock import zone_names
from asyncops.mail_settings import SMTP_URL_MAY_BE, SmtpServer, read_mail_from, read_smtp_url

MIN_SECRET_LENGTH = 32
MIN_SECRET_VARIETY = 10
MIN_PRODUCTION_BCRYPT_ROUNDS = 12


class SettingsError(Exception):
    """Some settings are wrong: one line for each, naming the variable and what it may be."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How one variable is read: `parse` raises ValueError for what `may_be` does not describe."""

    parse: Callable[[str], Any]
    may_be: str
    about: str
    default: str | None = None  # as it would stand in the environment; None: unset is a value of its own
    required: bool = False
    secret: bool = False


def _setting(parse: Callable[[str], Any], may_be: str, about: str, default: str | None = None, **more: bool) -> Any:
    return dataclasses.field(metadata={"rule": Rule(parse, may_be, about, default, **more)})


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not low <= int(text) <= high:
            raise ValueError(text)
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    return parse


def _flag(text: str) -> bool:
    return {"1": True, "0": False}[text]


def _matching(pattern: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(text)
        return text

    return parse


def _database_url(text: str) -> str:
    # Platforms hand out postgres://; SQLAlchemy wants the driver named.
    return re.sub(
        r"^postgres(ql)?(\+psycopg)?://", "postgresql+psycopg://", _matching(r"postgres(ql)?(\+psycopg)?://.+")(text)
    )


def _secret(text: str) -> str:
    # Long, and not a placeholder from an example file: those repeat few characters or speak English.
    if len(text) < MIN_SECRET_LENGTH or len(set(text)) < MIN_SECRET_VARIETY or _PLACEHOLDER.search(text):
        raise ValueError(text)
    return text


def _fernet_keys(text: str) -> tuple[str, ...]:
    keys = _list_of(r"\S+")(text)
    for key in keys:
        Fernet(key)  # raises ValueError for what is no key
    if not keys:
        raise ValueError(text)
    return keys


def _time_of_day(text: str) -> time:
    _matching(r"\d\d:\d\d")(text)
    return time.fromisoformat(text)


def _zone(text: str) -> ZoneInfo:
    if text not in zone_names():
        raise ValueError(text)
    return ZoneInfo(text)


def _list_of(pattern: str) -> Callable[[str], tuple[str, ...]]:
    item = _matching(pattern)
    return lambda text: tuple(item(part.strip()) for part in text.split(",") if part.strip())


_PLACEHOLDER = re.compile(r"change|secret|example|password", re.IGNORECASE)
_ORIGIN = r"https?://[A-Za-z0-9.\-\[\]:]+"
_RANDOM_VALUE = "a random value of at least 32 characters, for example from `openssl rand -hex 32`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every setting, under its environment name in lower case."""

    asyncops_env: str = _setting(
        _one_of("development", "production"),
        "development or production",
        "Production is stricter and hides error details",
        "development",
    )
    database_url: str = _setting(
        _database_url,
        "postgresql://user:password@host:port/database",
        "The PostgreSQL database, the one place of truth; `asyncops up` starts one when it is not set",
        required=True,
        secret=True,
    )
    database_prepared: bool = _setting(
        _flag,
        "0 or 1",
        "0 behind a pooler in transaction mode, which keeps no prepared statements and no sessions",
        "1",
    )
    database_replica_url: str | None = _setting(
        _database_url,
        "postgresql://user:password@host:port/database",
        "A streaming replica that serves what may lag: search, summaries, the ledger, exports; unset: none",
        secret=True,
    )
    database_replica_max_lag: int = _setting(
        _whole(1, 300),
        "a whole number from 1 to 300",
        "How many seconds the replica may be behind; further, the primary serves its share too",
        "10",
    )
    redis_url: str = _setting(
        _matching(r"(rediss?|unix)://.+"),
        "redis://:password@host:port/0 or rediss://...",
        "Queues and rate limits; may be lost at any moment; `asyncops up` starts one when it is not set",
        required=True,
        secret=True,
    )
    port: int = _setting(_whole(1, 65535), "a whole number from 1 to 65535", "Where the web process listens", "8000")
    web_concurrency: int = _setting(_whole(1, 64), "a whole number from 1 to 64", "Web processes", "2")
    web_threads: int = _setting(
        _whole(1, 64), "a whole number from 1 to 64", "Threads, and database connections, in each web process", "4"
    )
    web_timeout: int = _setting(
        _whole(5, 600),
        "a whole number from 5 to 600",
        "Seconds after which a web process that hangs is replaced; a proxy's own time limit must be longer",
        "30",
    )
    web_graceful_timeout: int = _setting(
        _whole(1, 600),
        "a whole number from 1 to 600",
        "Seconds that requests in hand have to finish when a web process is told to stop",
        "30",
    )
    web_keepalive: int = _setting(
        _whole(1, 600),
        "a whole number from 1 to 600",
        "Seconds that an idle connection is kept open; longer than the proxy before it keeps its own",
        "75",
    )
    web_max_requests: int = _setting(
        _whole(0, 10_000_000),
        "a whole number from 0 to 10000000",
        "After so many requests, and up to a tenth more, a web process is replaced by a fresh one; 0: never",
        "20000",
    )
    trusted_proxies: int = _setting(
        _whole(0, 10),
        "a whole number from 0 to 10",
        "How many proxies stand before the web process and add X-Forwarded-For and X-Forwarded-Proto",
        "0",
    )
    data_dir: str = _setting(
        _matching(r".+"),
        "a folder",
        "Where mail files and backups go; with `asyncops up` also data, secrets and logs",
        "var",
    )
    public_url: str | None = _setting(
        _matching(_ORIGIN + r"(/[A-Za-z0-9._~/%-]*)?"),
        "an address such as https://ops.example.org",
        "What links in mails and summaries start with; unset: http://localhost and the port",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        _list_of(r"\.?[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?"),
        "host names with commas between, such as ops.example.org; .example.org allows every name under it",
        "Names that requests may use for this server, others answer 400; unset: the one in PUBLIC_URL, and in "
        "development every address, localhost, and names without a dot",
        "",
    )
    workspace_name: str = _setting(
        _matching(r".{1,100}"), "1 to 100 characters", "The name on the sign-in page", "AsyncOps"
    )
    secret_key: str = _setting(_secret, _RANDOM_VALUE, "Signs links in mails", required=True, secret=True)
    jwt_secret_key: str = _setting(_secret, _RANDOM_VALUE, "Signs access tokens", required=True, secret=True)
    encryption_key: tuple[str, ...] = _setting(
        _fernet_keys,
        "a key from `asyncops new-key`, or several with commas between: the first encrypts, all decrypt",
        "Encrypts secrets in the database",
        required=True,
        secret=True,
    )
    token_hours: int = _setting(
        _whole(1, 8760), "a whole number from 1 to 8760", "How long an access token lives", "24"
    )
    bcrypt_rounds: int = _setting(
        _whole(4, 16), "a whole number from 4 to 16 (12 or more in production)", "The cost of a password hash", "12"
    )
    registration: str = _setting(
        _one_of("open", "invite", "closed"),
        "open, invite or closed",
        "Who may register: anyone, invited people, nobody",
        "open",
    )
    allowed_email_domains: tuple[str, ...] = _setting(
        _list_of(r"[A-Za-z0-9.\-]+\.[A-Za-z]+"),
        "domains with commas between, such as example.org,example.com",
        "Where registration is open: only these e-mail domains; empty: all",
        "",
    )
    asyncops_admin_email: str | None = _setting(
        _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "an e-mail address", "The first administrator, made at the first start"
    )
    asyncops_admin_password: str | None = _setting(
        _matching(r".{8,72}"),
        "8 to 72 characters with a letter and a digit",
        "The first administrator's password; unset: generated and printed once",
        secret=True,
    )
    cors_origins: tuple[str, ...] = _setting(
        _list_of(_ORIGIN),
        "origins with commas between, such as https://app.example.org",
        "Other sites whose pages may call the API",
        "",
    )
    ratelimit_enabled: bool = _setting(_flag, "0 or 1", "Limits on sign-in, registration and reset", "1")
    summary_time: time = _setting(  # noqa: RUF009 - as the others; ruff only can't tell for this type
        _time_of_day, "a time of day such as 09:00", "When the daily summary is made", "09:00"
    )
    summary_timezone: ZoneInfo = _setting(  # noqa: RUF009 - as above
        _zone, "an IANA time zone such as Europe/Madrid", "The zone of SUMMARY_TIME", "UTC"
    )
    summary_catch_up_days: int = _setting(
        _whole(1, 31), "a whole number from 1 to 31", "How many missed days are made up for", "7"
    )
    smtp_url: SmtpServer | None = _setting(  # noqa: RUF009 - as above
        read_smtp_url,
        SMTP_URL_MAY_BE,
        "The server that mails are handed to; unset: they are only kept as files in DATA_DIR",
        secret=True,
    )
    mail_from: Address = _setting(  # noqa: RUF009 - as above
        read_mail_from,
        "an address such as AsyncOps <asyncops@example.org>",
        "The sender of mails",
        "AsyncOps <asyncops@localhost>",
    )
    workspace_chat_url: str | None = _setting(
        _matching(r"[A-Za-z0-9]+://.+"),
        "an address of a chat service, as https://appriseit.com describes them",
        "A chat that gets every summary and critical incident",
        secret=True,
    )
    webhook_allow_private: bool = _setting(
        _flag, "0 or 1", "1 where webhooks may go to private addresses and, in production, over plain HTTP", "0"
    )
    log_level: str = _setting(
        _one_of("DEBUG", "INFO", "WARNING", "ERROR"), "DEBUG, INFO, WARNING or ERROR", "What is logged", "INFO"
    )
    slow_query_ms: int = _setting(
        _whole(0, 600_000),
        "a whole number from 0 to 600000",
        "A database statement that takes so many milliseconds is logged, without its values; 0: none",
        "100",
    )
    sentry_dsn: str | None = _setting(
        _matching(r"https?://[A-Za-z0-9]+(:[A-Za-z0-9]+)?@[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?/[0-9]+"),
        "the DSN of a Sentry project, such as https://key@sentry.example.org/1",
        "Where unexpected errors are reported, without personal data; unset: nowhere",
        secret=True,
    )

    @property
    def in_production(self) -> bool:
        """Whether the stricter mode is on."""
        return self.asyncops_env == "production"

    @property
    def base_url(self) -> str:
        """What links start with, without a slash at the end."""
        return (self.public_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def trusted_hosts(self) -> tuple[str, ...]:
        """The names that requests may use for this server; in development those of this machine besides."""
        name = urlsplit(self.base_url).hostname
        return self.allowed_hosts or ((name,) if name else ())

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Read and validate all of it; raises `SettingsError` with a line for each wrong one."""
        values, problems = _read(environment)
        for name, rule in rules().items():
            if rule.required and name.lower() not in values and name not in problems:
                problems[name] = f"{name}: it must be set. It may be {rule.may_be}."
        if not problems:
            found = cls(**values)
            problems = found._production_problems() if found.in_production else {}
            if not problems:
                return found
        raise SettingsError("\n".join(problems.values()))

    @staticmethod
    def refuse_wrong(environment: Mapping[str, str]) -> None:
        """As `from_environment` for what is set, for a start that supplies what is missing by itself."""
        if problems := _read(environment)[1]:
            raise SettingsError("\n".join(problems.values()))

    def _production_problems(self) -> dict[str, str]:
        found = []
        if self.bcrypt_rounds < MIN_PRODUCTION_BCRYPT_ROUNDS:
            found.append(("BCRYPT_ROUNDS", "it may be a whole number from 12 to 16"))
        if self.secret_key == self.jwt_secret_key:
            found.append(("JWT_SECRET_KEY", "it must differ from SECRET_KEY"))
        if not (self.public_url or "").startswith("https://"):  # session cookies travel over TLS alone
            found.append(("PUBLIC_URL", "it must be set, and start with https://"))
        return {name: f"{name}: in production {rule}." for name, rule in found}


def rules() -> dict[str, Rule]:
    """Every variable and its rule, in the order of the documentation."""
    return {field.name.upper(): field.metadata["rule"] for field in dataclasses.fields(Settings)}


def _read(environment: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Values by field, and lines by variable for what is wrong; what is required and missing is in neither."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for name, rule in rules().items():
        # Set but empty means unset: that is how compose files leave things out.
        text = environment.get(name) or rule.default
        if text is None:
            if not rule.required:
                values[name.lower()] = None
            continue
        try:
            values[name.lower()] = rule.parse(text)
        except (ValueError, KeyError):
            shown = "this value" if rule.secret else repr(text)
            problems[name] = f"{name}: {shown} is not allowed. It may be {rule.may_be}."
    return values, problems
