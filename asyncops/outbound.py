"""One POST to an address that somebody typed in: only to where it may go, and no longer than the limit.

The name is resolved once, the addresses are checked, and a checked one is connected to: a second look-up could give
another answer (DNS rebinding). Redirects are not followed and proxies not used, so nothing else chooses the target.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from ipaddress import IPv4Address, IPv6Address
from threading import Thread
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

import structlog

from asyncops.config import Settings
from asyncops.deadline import OUTSIDE_SECONDS, deadline

log = structlog.get_logger(__name__)

MAX_ANSWER_BYTES = 4096
"""How much of an answer's body is read."""
CONNECT_SECONDS = 5.0
"""For each of a host's addresses; a dead one must not use up the time of all."""

_PORTS = {"http": 80, "https": 443}
_VISIBLE = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[[0-9A-Fa-f:.]+\]")
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NOT_FOR_US = tuple(
    ipaddress.ip_network(network)
    for network in (
        "2002::/16",  # 6to4, with an IPv4 address inside
        "2001::/23",  # protocols, among them Teredo, with an IPv4 address inside
        "192.0.0.0/24",  # protocols, among them a cloud's metadata
        "192.88.99.0/24",  # relays of 6to4
        "168.63.129.16/32",  # Azure's metadata: a public address that leads inside
    )
)

_Found = list[tuple[Any, ...]]


class NotAllowed(ValueError):
    """A URL that nothing may be sent to. The text is a sentence for whoever typed it."""


class NoAnswer(Exception):
    """The attempt brought no answer. The text says why, and nothing of the URL but its host."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, and the beginning of the body as text."""

    status: int
    text: str


def check_url(url: str, settings: Settings) -> SplitResult:
    """The parts of a URL that may be posted to, as far as it shows without a look-up; raises NotAllowed."""
    if not _VISIBLE.fullmatch(url):
        raise NotAllowed("It must be one word of visible ASCII characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise NotAllowed("It is not a URL.") from error
    if not url.startswith(("https://", "http://")) or not parts.netloc:
        raise NotAllowed("It must begin with https:// or http:// and a host.")
    if "@" in parts.netloc:
        raise NotAllowed("It must not carry a user name or password.")
    # Ports of one's own are allowed; what stands beside the host and the port is not.
    if port == 0 or not _HOST.fullmatch(re.sub(r":[0-9]+\Z", "", parts.netloc)):
        raise NotAllowed("Its host or port is not valid.")
    if "#" in url:
        raise NotAllowed("It must not have a fragment.")
    if parts.scheme == "http" and settings.in_production and not settings.webhook_allow_private:
        raise NotAllowed("It must begin with https://, so that nobody on the way can read it.")
    address = _literal(parts.hostname or "")
    if address is not None and not settings.webhook_allow_private and not is_public(address):
        raise NotAllowed("Its address is not a public one.")
    return parts


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is somebody's on the internet: not ours, not our network's, not the cloud's metadata."""
    if isinstance(address, IPv6Address):
        inside = address.ipv4_mapped
        if address in _NAT64:  # how an IPv6-only network names every IPv4 host
            inside = IPv4Address(int(address) & 0xFFFFFFFF)
        if inside is not None:
            return is_public(inside)
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in each for each in _NOT_FOR_US)


def post(
    url: str, body: bytes, headers: dict[str, str], settings: Settings, *, seconds: float = OUTSIDE_SECONDS
) -> Answer:
    """POST the body and give the answer, whatever its status; raises NotAllowed and NoAnswer, within `seconds`."""
    ends = time.perf_counter() + seconds
    parts = check_url(url, settings)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    found = _resolve(host, port, seconds)
    if not settings.webhook_allow_private:
        _require_public(host, found)
    try:
        with _Conversation(_connect(host, found, ends), parts, port) as conversation:
            return conversation.post(body, headers, ends)
    except TimeoutError as error:
        raise NoAnswer(f"No answer within {seconds:g} s") from error
    except ssl.SSLCertVerificationError as error:
        raise NoAnswer(f"The certificate was refused: {error.verify_message}") from error
    except ssl.SSLError as error:
        raise NoAnswer(f"TLS failed: {error.reason}") from error
    except HTTPException as error:
        # Not the exception's text: it may hold what the other side sent.
        raise NoAnswer("The connection ended without an answer in HTTP") from error
    except OSError as error:
        raise NoAnswer(f"The connection failed: {error.strerror or type(error).__name__}") from error


class _Conversation:
    """HTTP over a socket that is connected already."""

    def __init__(self, connected: socket.socket, parts: SplitResult, port: int) -> None:
        self._socket = connected
        self._parts = parts
        self._http = HTTPConnection(parts.hostname or "", port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._socket.close()

    def post(self, body: bytes, headers: dict[str, str], ends: float) -> Answer:
        path, query = self._parts.path or "/", self._parts.query
        # The deadline cuts the socket that is ours: http.client forgets it while the body is still to be read.
        with deadline(_left(ends), lambda: self._socket):
            if self._parts.scheme == "https":
                self._secure(ends)
            self._socket.settimeout(_left(ends))
            self._http.sock = self._socket
            own = {"Host": self._parts.netloc, "Connection": "close"}
            self._http.request("POST", f"{path}?{query}" if query else path, body, own | headers)
            response = self._http.getresponse()
        with closing(response):
            return Answer(response.status, self._beginning_of(response, ends))

    def _secure(self, ends: float) -> None:
        # The time limit of a handshake, other than that of reading, is for all of it.
        self._socket.settimeout(_left(ends))
        context = ssl.create_default_context()
        self._socket = context.wrap_socket(self._socket, server_hostname=self._parts.hostname)

    def _beginning_of(self, response: HTTPResponse, ends: float) -> str:
        """As much of the body as is wanted, as text. The status counts, whatever becomes of the body."""
        body = b""
        with suppress(OSError, HTTPException), deadline(_left(ends), lambda: self._socket):
            body = response.read(MAX_ANSWER_BYTES)
        return body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _resolve(host: str, port: int, seconds: float) -> _Found:
    """What the one look-up gave. It has no time limit of its own, so it is left alone when it takes too long."""
    found: list[_Found] = []

    def look_up() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError):
            found.append([])

    thread = Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise NoAnswer(f"The look-up of {host} took longer than {seconds:g} s")
    if not found[0]:
        raise NoAnswer(f"There is no host {host}")
    return found[0]


def _require_public(host: str, found: _Found) -> None:
    # One address inside is enough to refuse: to pick the others would hide a mistake, or a trial, and go on with it.
    inside = [each[4][0] for each in found if (it := _literal(each[4][0])) is None or not is_public(it)]
    if inside:
        log.warning("address_not_public", host=host, addresses=inside)
        raise NoAnswer(f"{host} has an address that is not public")


def _connect(host: str, found: _Found, ends: float) -> socket.socket:
    """A connection to the first address that takes one; raises NoAnswer with the reason of the last."""
    failure = ""
    for family, kind, protocol, _, address in found:
        candidate = socket.socket(family, kind, protocol)
        try:
            candidate.settimeout(min(CONNECT_SECONDS, _left(ends)))
            candidate.connect(address)
        except OSError as error:
            candidate.close()
            failure = error.strerror or "it took too long"
        else:
            return candidate
    raise NoAnswer(f"No connection to {host}: {failure}")


def _left(ends: float) -> float:
    left = ends - time.perf_counter()
    if left <= 0:
        raise TimeoutError
    return left


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a text spells out; None for a name, and for the spellings that only the look-up knows."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None
