"""gunicorn's settings, from the same environment as everything else."""

import gc
import os
import socket
import sys
from contextlib import suppress
from typing import Any

from asyncops import metric_files
from asyncops.config import Settings, SettingsError

try:
    _settings = Settings.from_environment(os.environ)
except SettingsError as error:
    sys.exit(str(error))

metric_files.share()  # before the application is imported: prometheus-client decides then how it counts

# In development nobody but this machine gets in; in production a proxy or load balancer stands before it.
bind = f"{'0.0.0.0' if _settings.in_production else '127.0.0.1'}:{_settings.port}"  # noqa: S104
worker_class = "gthread"
workers = _settings.web_concurrency
threads = _settings.web_threads
preload_app = True
timeout = _settings.web_timeout
graceful_timeout = _settings.web_graceful_timeout
keepalive = _settings.web_keepalive
max_requests = _settings.web_max_requests
max_requests_jitter = max_requests // 10  # not all of them at once
limit_request_line = 8190  # as long as the proxy lets through
limit_request_fields = 100
limit_request_field_size = 8190
forwarded_allow_ips = ""  # TRUSTED_PROXIES decides whose word is taken, in asyncops.app
control_socket_disable = True  # gunicorn would open one in the home folder
accesslog = None  # asyncops.http.request_context writes a line with more in it


SILENT_SECONDS = 5
"""How long a connection may say nothing before gunicorn hears of it."""


def when_ready(server: Any) -> None:
    """Before the workers are forked."""
    for listener in server.LISTENERS:
        _keep_silent_ones_away(listener.sock)
    # What is loaded by now need not be looked through for garbage, again and again, in each worker.
    gc.collect()
    gc.freeze()


def _keep_silent_ones_away(listener: socket.socket) -> None:
    """Leave a new connection to the kernel until it says something, where the kernel is Linux.

    Browsers open some in advance, and gunicorn lets a thread wait for the first request of each.
    """
    if sys.platform == "linux" and listener.family != socket.AF_UNIX:
        with suppress(OSError):  # one that only speaks Linux's language may not know it
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SILENT_SECONDS)


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Give each worker database connections of its own."""
    from asyncops.app import after_fork  # noqa: PLC0415 - see above

    after_fork(worker.app.wsgi())


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Keep what the worker counted."""
    metric_files.add_up_ended(server.WORKERS)
