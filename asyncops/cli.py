"""The command line: `asyncops --help`."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click
import redis
from cryptography.fernet import Fernet
from flask import Flask
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError

from asyncops import embedded, migrating
from asyncops.app import create_app
from asyncops.backup.commands import COMMANDS
from asyncops.config import Settings, SettingsError
from asyncops.demo import seed
from asyncops.doctor import examine
from asyncops.errors import AppError, Invalid
from asyncops.heartbeat import beat
from asyncops.http.schemas import EmailAddress
from asyncops.jobs.scheduling import run_forever
from asyncops.schedule import ENTRIES
from asyncops.transaction import unit_of_work
from asyncops.worker import work
from modules.identity import service as identity

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Run the command; what a person can put right is one line on standard error and exit code 1."""
    try:
        commands(prog_name="asyncops")
    except Invalid as error:
        sys.exit("\n".join(f"{field}: {message}" for field, texts in error.errors.items() for message in texts))
    except (SettingsError, AppError, embedded.EmbeddedError) as error:
        sys.exit(str(error))
    except OperationalError as error:
        sys.exit(f"The database can't be reached: {str(error.orig).splitlines()[0]}")


def _data_dir() -> Path:
    return Path(os.environ.get("DATA_DIR") or ROOT / "var")


def _settings() -> Settings:
    """The environment's settings; in development `var/` supplies what it lacks, to meet a running `up`."""
    in_development = os.environ.get("ASYNCOPS_ENV", "development") == "development"
    lacking = embedded.environment(_data_dir()) if in_development else {}
    return Settings.from_environment({**os.environ, **lacking})


@contextmanager
def _application() -> Iterator[Flask]:
    app = create_app(_settings())
    with app.app_context():
        yield app


@contextmanager
def _application_with_data() -> Iterator[Flask]:
    """As `_application`; where this machine's own database is at rest, it is started for as long as the block takes."""
    in_development = os.environ.get("ASYNCOPS_ENV", "development") == "development"
    if not in_development or {**os.environ, **embedded.environment(_data_dir())}.get("DATABASE_URL"):
        with _application() as app:
            yield app
        return
    with embedded.services(_data_dir().resolve(), redis_url=os.environ.get("REDIS_URL")) as found:
        lacking = {"DATABASE_URL": found.database_url, "REDIS_URL": found.redis_url}
        app = create_app(Settings.from_environment({**os.environ, **embedded.environment(_data_dir()), **lacking}))
        with app.app_context():
            yield app


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.pass_context
def commands(context: click.Context) -> None:
    """AsyncOps: a hub for teams that work asynchronously."""
    context.obj = _application_with_data


for command in COMMANDS:
    commands.add_command(command)


@commands.command()
@click.option("--demo", is_flag=True, help="Fill in a believable team with two weeks of work.")
@click.option("--dev", is_flag=True, help="Start processes again when their code changes; needs what `make dev` needs.")
def up(*, demo: bool, dev: bool) -> None:
    """Start everything on this machine: database, queue, web, worker and scheduler. Ctrl-C stops it."""
    Settings.refuse_wrong(os.environ)  # before anything slow; what is missing is made
    sys.exit(embedded.up(root=ROOT, data_dir=_data_dir(), demo=demo, dev=dev))


@commands.command()
def migrate() -> None:
    """Bring the database to this release's schema."""
    with _application():
        migrating.upgrade()
    click.echo("The database is up to date.")


@commands.command()
def worker() -> None:
    """Run jobs, until told to stop."""
    work(_settings())


@commands.command()
def scheduler() -> None:
    """Put jobs into the queues by the clock."""
    os.environ["TZ"] = "UTC"  # rq-scheduler reads cron lines in the process's own zone
    time.tzset()
    settings = _settings()
    app = create_app(settings)  # registers the jobs and configures the logs
    run_forever(ENTRIES, redis.Redis.from_url(settings.redis_url), each_minute=partial(beat, app))


@commands.command("create-admin")
@click.option("--email", help="Default: ASYNCOPS_ADMIN_EMAIL, or admin@example.org.")
@click.option("--if-missing", is_flag=True, help="Do nothing where there is an administrator.")
def create_admin(*, email: str | None, if_missing: bool) -> None:
    """Make an administrator. Without ASYNCOPS_ADMIN_PASSWORD a password is generated and printed once."""
    with _application(), unit_of_work():
        if if_missing and identity.has_admin():
            return
        settings = _settings()
        address = _checked_email(email or settings.asyncops_admin_email or "admin@example.org")
        password = settings.asyncops_admin_password or _generate_password()
        identity.create_account(email=address, password=password, full_name="Administrator", role="admin")
    click.echo(f"Administrator: {address}")
    if not settings.asyncops_admin_password:
        click.echo(f"Password:      {password}   (shown only now)")


def _checked_email(text: str) -> str:
    try:
        return str(EmailAddress().deserialize(text))
    except ValidationError as error:
        raise Invalid({"email": [str(message) for message in error.messages]}) from error


def _generate_password() -> str:
    """64 random bits that a person can copy by hand, after the rule for passwords."""
    return "-".join(["ops1", *(secrets.token_hex(2) for _ in range(4))])


@commands.command("reset-link")
@click.argument("email")
def reset_link(email: str) -> None:
    """Print a link with which EMAIL can set a new password; it works once, for an hour."""
    with _application(), unit_of_work():
        link = identity.make_reset_link(email)
    click.echo(link)


@commands.command()
@click.pass_context
def doctor(context: click.Context) -> None:
    """Say what is wrong with this deployment, and what to do. The exit code is 1 if something is."""
    wrong = False
    with _application() as app:
        for finding in examine(app.extensions["asyncops.settings"]):
            click.echo(f"{finding.level:<9}{finding.text}")
            wrong |= finding.level == "problem"
    context.exit(1 if wrong else 0)


@commands.command("openapi")
def openapi() -> None:
    """Print the OpenAPI document. It is the same everywhere, so nothing needs to be set or running."""
    stand_ins = {name: secrets.token_hex(32) for name in ("SECRET_KEY", "JWT_SECRET_KEY")}
    servers = {"DATABASE_URL": "postgresql://localhost/none", "REDIS_URL": "redis://localhost"}
    key = Fernet.generate_key().decode()
    app = create_app(Settings.from_environment({**stand_ins, **servers, "ENCRYPTION_KEY": key, "LOG_LEVEL": "ERROR"}))
    click.echo(app.test_client().get("/api/openapi.json").get_data(as_text=True))


@commands.command("new-key")
def new_key() -> None:
    """Print a new key for ENCRYPTION_KEY."""
    click.echo(Fernet.generate_key().decode())


@commands.command("seed-demo")
def seed_demo() -> None:
    """Fill in a believable team with two weeks of work; does nothing where the team is there already."""
    with _application():
        click.echo(seed())


if __name__ == "__main__":
    main()
