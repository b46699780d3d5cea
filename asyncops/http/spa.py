"""The web application: the files of its build, and its start page at every address that is no file and no API.

WhiteNoise answers before Flask sees the request, so a file costs no unit of work, no session and no log line. A request
that must not be answered so (not over TLS, or under a foreign name) goes on to Flask, which refuses it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, Response
from whitenoise import WhiteNoise
from whitenoise.string_utils import decode_path_info

from asyncops.http.https_only import Front
from asyncops.http.request_context import SECURITY_HEADERS

YEAR, HOUR = 31_536_000, 3_600  # seconds
_HASHED = re.compile(r"^/assets/")  # Vite puts a hash of the content into these names
_NO_PAGE = re.compile(r"^/(api|assets|healthz|readyz|metrics|admin/jobs)(/|$)")
_HIDDEN = re.compile(r"/\.")  # the build's own notes

NOT_BUILT = """\
The web application has not been built yet.

  make up              builds it and starts everything
  make build           builds it, for an AsyncOps that runs already

The API works without it: /api/docs
"""


class Site(WhiteNoise):  # type: ignore[misc] # whitenoise has no types
    """The files of `folder`, compressed where the build has compressed them; everything else goes to `application`."""

    def __init__(self, application: WSGIApplication, front: Front, **options: Any) -> None:
        """See WhiteNoise; `front` says whom a file may be shown."""
        super().__init__(application, **options)
        self._front = front

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a GET of a file or a page."""
        is_read = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        file = self._find(environ) if is_read and self._front.lets_in(environ) else None
        if file is None:
            given: Iterable[bytes] = self.application(environ, start_response)
            return given
        more = list(self._front.headers(environ).items())

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            return start_response(status, headers + more, *exc_info)

        answer: Iterable[bytes] = self.serve(file, environ, start)
        return answer

    def _find(self, environ: WSGIEnvironment) -> Any:
        path = decode_path_info(environ.get("PATH_INFO", ""))
        if not _HIDDEN.search(path) and (file := self._file(path)):
            return file
        # A browser that goes to an address says that it takes HTML; a program that mistypes one should hear of it.
        is_page = "text/html" in environ.get("HTTP_ACCEPT", "") and not _NO_PAGE.match(path)
        return self._file("/") if is_page else None

    def _file(self, path: str) -> Any:
        return self.find_file(path) if self.autorefresh else self.files.get(path)


def init_app(app: Flask, folder: Path, front: Front, *, may_change: bool) -> None:
    """Serve the build in `folder`; without one, `/` says how to make it."""
    app.add_url_rule("/", "home", _not_built)
    app.wsgi_app = site(app.wsgi_app, folder, front, may_change=may_change)  # type: ignore[method-assign]


def site(application: WSGIApplication, folder: Path, front: Front, *, may_change: bool) -> Site:
    """Put the build in `folder` before `application`. Unless it `may_change`, it is looked through once, now."""
    return Site(
        application,
        front,
        root=folder if may_change or folder.is_dir() else None,
        autorefresh=may_change,
        index_file=True,
        max_age=HOUR,
        allow_all_origins=False,
        add_headers_function=_add_headers,
    )


def _add_headers(headers: Headers, path: str, url: str) -> None:
    for name, value in SECURITY_HEADERS.items():
        headers[name] = value
    if _HASHED.match(url):
        headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return
    if url == "/":
        headers["Cache-Control"] = "no-cache"
    # WhiteNoise's tag is time and size. The start page of each build has the same size, and in an image the same time.
    if Path(path).is_file():
        headers["ETag"] = f'"{hashlib.sha256(Path(path).read_bytes()).hexdigest()[:32]}"'


def _not_built() -> Response:
    return Response(NOT_BUILT, mimetype="text/plain")
