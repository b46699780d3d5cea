"""People are served under our own name and, in production, over TLS alone, whoever answers: Flask or the site.

TLS ends at a proxy, whose X-Forwarded-Proto says how a request came.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from wsgiref.types import WSGIEnvironment

from flask import Flask, redirect, request
from werkzeug.exceptions import SecurityError
from werkzeug.wrappers import Response as AnyResponse
from werkzeug.wsgi import get_host

from asyncops.config import Settings
from asyncops.extensions import settings, this_request
from asyncops.http.problem import problem

PROBES = frozenset({"/healthz", "/readyz", "/metrics"})
"""What balancers and scrapers ask, without TLS, by address."""

# Without includeSubDomains: what else runs under this name is not ours to decide.
HSTS = "max-age=31536000"

KEPT_NAMES = 100
"""So many names by which this server was asked are not looked at again."""

_HOST = re.compile(r"(?P<name>[a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Front:
    """What is asked of every request before anything is answered, and said with every answer."""

    hosts: tuple[str, ...]
    local_too: bool  # also names that nobody outside can give to this machine
    wants_tls: bool
    says_hsts: bool
    _known: set[str] = field(default_factory=set, compare=False)

    @classmethod
    def of(cls, settings: Settings) -> Front:
        """The rules of these settings. Without a proxy that is trusted nobody can tell how a request came."""
        return cls(
            hosts=settings.trusted_hosts,
            local_too=not (settings.in_production or settings.allowed_hosts),
            wants_tls=settings.in_production and settings.trusted_proxies > 0,
            says_hsts=settings.in_production,
        )

    def lets_in(self, environ: WSGIEnvironment) -> bool:
        """Whether a page or a file may be shown; what is not let in is Flask's to refuse, in its one way."""
        return self.knows(environ) and (_is_secure(environ) or not self.wants_tls)

    def knows(self, environ: WSGIEnvironment) -> bool:
        """Whether the request names this server by a name of ours."""
        if self.local_too and _is_local(environ.get("HTTP_HOST") or environ["SERVER_NAME"]):
            return True
        named = environ.get("HTTP_HOST")
        if named is not None and named in self._known:
            return True
        try:
            get_host(environ, self.hosts)
        except SecurityError:
            return False
        if named is not None and len(self._known) < KEPT_NAMES:
            self._known.add(named)
        return True

    def headers(self, environ: WSGIEnvironment) -> dict[str, str]:
        """What the answer says besides; a browser heeds it only where it came over TLS."""
        return {"Strict-Transport-Security": HSTS} if self.says_hsts and _is_secure(environ) else {}


def _is_local(host: str) -> bool:
    """Whether no page from elsewhere can be behind this name.

    A foreign page could give its own domain this machine's address (DNS rebinding) and then read and write here as if
    it were ours. It can't do so with an address, a name without a domain, or one under `localhost`.
    """
    found = _HOST.fullmatch(host.lower())
    if found is None:
        return False
    name = found["name"].strip("[]")
    if "." not in name and ":" not in name:
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return name.endswith(".localhost")
    return True


def _is_secure(environ: WSGIEnvironment) -> bool:
    return bool(environ.get("wsgi.url_scheme") == "https")


def init_app(app: Flask, front: Front) -> None:
    """Let Flask's own answers follow the rules; the name of the host is checked where the address is read."""
    if front.wants_tls:
        app.before_request(_insist)


def _insist() -> AnyResponse | None:
    if (
        _is_secure(this_request().environ)
        or request.path in PROBES
        or isinstance(request.routing_exception, SecurityError)
    ):
        return None
    # A program whose token travelled in the clear must hear of it; a browser is led on.
    is_program = request.path.startswith("/api/") and not request.path.startswith("/api/docs")
    if request.method in {"GET", "HEAD"} and not is_program:
        # To our own name and not to the one in the request, which is the caller's word.
        return redirect(settings().base_url + request.full_path.removesuffix("?"), HTTPStatus.MOVED_PERMANENTLY)
    return problem(403, "https_required", "This is served over https only. What was sent has travelled in the clear.")
