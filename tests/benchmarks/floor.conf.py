"""gunicorn's settings for the floor: the application's, as far as they cost or save time."""

import os

worker_class = "gthread"
workers = int(os.environ["WEB_CONCURRENCY"])
threads = int(os.environ["WEB_THREADS"])
keepalive = 75
control_socket_disable = True
