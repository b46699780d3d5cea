"""Password hashes: bcrypt, with the cost from the settings."""

from __future__ import annotations

import bcrypt

from asyncops.extensions import settings


def hash_password(password: str) -> str:
    """The hash to store; the caller has checked the password's length (bcrypt refuses over 72 bytes)."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(settings().bcrypt_rounds)).decode()


def verify_password(password: str, password_hash: str | None) -> bool:
    """Whether the password fits. Without a hash (no such account) it costs the same and is False."""
    given = password.encode()[:72]  # a longer one can't be right, and must cost the same
    fits = bcrypt.checkpw(given, (password_hash or _nobodys_hash(settings().bcrypt_rounds)).encode())
    return fits and password_hash is not None and len(password.encode()) <= 72  # noqa: PLR2004 - bcrypt's limit


def is_outdated(password_hash: str) -> bool:
    """Whether the hash has another cost than hashes get now."""
    return int(password_hash[4:6]) != settings().bcrypt_rounds


def _nobodys_hash(rounds: int) -> str:
    # No password has it; checking against it takes as long as against any other of that cost.
    return f"$2b${rounds:02}${'.' * 53}"
