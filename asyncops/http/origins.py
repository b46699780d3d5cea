"""Whether a browser's request comes from a page of ours."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import request

from asyncops.extensions import settings


def is_foreign() -> bool:
    """Whether the Origin header names a site that is neither this one nor one of CORS_ORIGINS.

    Browsers send it with every POST; what sends none is no browser's page.
    """
    origin = request.headers.get("Origin")
    if origin is None or origin in settings().cors_origins:
        return False
    own = urlsplit(settings().base_url)
    return origin not in {request.host_url.rstrip("/"), f"{own.scheme}://{own.netloc}"}
