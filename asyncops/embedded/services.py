"""Both servers for the length of a block, for tests and scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asyncops.embedded.postgres import Postgres
from asyncops.embedded.running import lock
from asyncops.embedded.secret_file import ensure_secrets
from asyncops.embedded.valkey import Valkey


@dataclass(frozen=True)
class Services:
    """Where the servers are, and handles to stop, start and kill ours. A handle is None for a server that is not."""

    database_url: str
    redis_url: str
    postgres: Postgres | None
    valkey: Valkey | None


@contextmanager
def services(
    data_dir: Path, *, durable: bool = True, database_url: str | None = None, redis_url: str | None = None
) -> Iterator[Services]:
    """Run PostgreSQL and Valkey on `data_dir`; a server whose URL is given is not started.

    Call it from the main thread. EmbeddedError if the folder is in use or a server does not start.
    """
    with lock(data_dir):
        secrets = ensure_secrets(data_dir)
        postgres = None if database_url else Postgres(data_dir, secrets["POSTGRES_PASSWORD"], durable=durable)
        valkey = None if redis_url else Valkey(data_dir, secrets["VALKEY_PASSWORD"], durable=durable)
        started = [service for service in (postgres, valkey) if service is not None]
        try:
            for service in started:
                service.start()
            yield Services(
                database_url or (postgres.url if postgres else ""),
                redis_url or (valkey.url if valkey else ""),
                postgres,
                valkey,
            )
        finally:
            for service in reversed(started):
                service.stop()
