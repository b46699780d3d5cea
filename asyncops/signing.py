"""Signatures of links: HMAC-SHA256 under SECRET_KEY, for one purpose each, so that no link passes for another."""

from __future__ import annotations

import hashlib

from itsdangerous import URLSafeSerializer

from asyncops.extensions import settings


def signer(purpose: str) -> URLSafeSerializer:
    """What signs and reads the links of one purpose."""
    return URLSafeSerializer(settings().secret_key, salt=purpose, signer_kwargs={"digest_method": hashlib.sha256})
