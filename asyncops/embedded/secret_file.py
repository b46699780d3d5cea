"""`var/secrets`: made once, kept for ever. Losing it signs everybody out and makes encrypted values unreadable."""

import base64
import binascii
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path

from asyncops.embedded.errors import EmbeddedError

HEADER = "# Made once by asyncops. Keep it secret, and keep it together with the data in this folder."
END = "# end"  # so that a file that was cut is told from one that lacks a name
KEY_BYTES = 32  # of a Fernet key
PASSWORDS = ("POSTGRES_PASSWORD", "VALKEY_PASSWORD")


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()


_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "JWT_SECRET_KEY": lambda: secrets.token_urlsafe(48),
    "ENCRYPTION_KEY": _fernet_key,
    "POSTGRES_PASSWORD": lambda: secrets.token_urlsafe(24),
    "VALKEY_PASSWORD": lambda: secrets.token_urlsafe(24),
}


def ensure_secrets(data_dir: Path) -> dict[str, str]:
    """Every secret by name, made where missing. Call it under the folder's lock.

    EmbeddedError for a file that is unreadable or damaged: making it anew would hide a loss.
    """
    path = data_dir / "secrets"
    values = read_secrets(data_dir)
    missing = {name: make() for name, make in _MAKERS.items() if name not in values}
    if missing:
        values |= missing
        write_private(path, "\n".join([HEADER, *(f"{name}={value}" for name, value in values.items()), END, ""]))
    return values


def read_secrets(data_dir: Path) -> dict[str, str]:
    """The secrets of the file; empty if there is no file. EmbeddedError for an unreadable or damaged one."""
    path = data_dir / "secrets"
    try:
        text = path.read_text()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise EmbeddedError(
            f"{path} cannot be read ({error}): run as its owner, or restore it from a backup"
        ) from error
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines or lines[-1] != END:
        raise EmbeddedError(f"{path} is cut off (its last line is not '{END}'): restore it from a backup")
    values = {}
    for line in lines:
        name, equals, value = line.partition("=")
        if line.startswith("#"):
            continue
        if not equals or not _is_valid(name, value):
            raise EmbeddedError(f"{path} is damaged at {name!r}: restore it from a backup")
        values[name] = value
    return values


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 that is there whole or not at all, also after a power cut."""
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_valid(name: str, value: str) -> bool:
    if name in PASSWORDS:  # they go into URLs, SQL and a configuration, so nothing that needs quoting
        return re.fullmatch(r"[A-Za-z0-9_-]{16,}", value) is not None
    if name == "ENCRYPTION_KEY":
        try:
            return len(base64.urlsafe_b64decode(value)) == KEY_BYTES
        except (binascii.Error, ValueError):
            return False
    return bool(value)
