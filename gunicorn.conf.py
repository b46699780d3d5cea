"""gunicorn's settings, from the same environment as everything else."""

import os
import sys
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
timeout = 30
graceful_timeout = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True  # gunicorn would open one in the home folder
accesslog = None  # asyncops.http.request_context writes a line with more in it


def post_fork(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Give each worker database connections of its own."""
    from asyncops.app import after_fork  # noqa: PLC0415 - see above

    after_fork(worker.app.wsgi())


def child_exit(server: Any, worker: Any) -> None:  # noqa: ARG001 - gunicorn's signature
    """Keep what the worker counted."""
    metric_files.add_up_ended(server.WORKERS)
