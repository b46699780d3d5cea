"""What stands encrypted in the database: Fernet (AES-128-CBC with HMAC-SHA256) with the keys of ENCRYPTION_KEY.

The first key encrypts, all of them decrypt, so that a key can be replaced while the old one still reads.
"""

from __future__ import annotations

from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from asyncops.extensions import settings


class Unreadable(Exception):
    """Encrypted with a key that ENCRYPTION_KEY no longer names."""


def encrypt(plain: bytes) -> bytes:
    """The encrypted bytes."""
    return _keys(settings().encryption_key).encrypt(plain)


def decrypt(encrypted: bytes) -> bytes:
    """The plain bytes; raises Unreadable."""
    try:
        return _keys(settings().encryption_key).decrypt(encrypted)
    except InvalidToken as error:
        raise Unreadable("The key that this was encrypted with is not among those of ENCRYPTION_KEY") from error


@lru_cache(maxsize=1)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
