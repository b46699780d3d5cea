"""Valkey, the Redis-compatible server. Its data is an append-only file that loses at most about a second."""

import tempfile
from signal import SIGTERM

import redis

from asyncops.embedded.account import own_folder
from asyncops.embedded.binaries import valkey_binary
from asyncops.embedded.child import spawn
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.logs import open_log
from asyncops.embedded.service import Service


class Valkey(Service):
    """`redis://:...@127.0.0.1:PORT/0`. Memory is not limited and nothing is evicted: jobs are in it."""

    name = "valkey"
    stop_signal = SIGTERM

    @property
    def url(self) -> str:
        """For redis-py and RQ; the password is in it."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def launch(self) -> None:
        """Start it with its configuration on standard input."""
        program = valkey_binary()
        account = own_folder(self.folder, program)
        with self.alone() as lock, open_log(self.log) as log, tempfile.TemporaryFile() as configuration:
            configuration.write(self._configuration().encode())
            configuration.seek(0)
            self.process = spawn(
                [program, "-"],  # the configuration on stdin: a password among the arguments is for all to see
                death_signal=SIGTERM,
                env={"LC_ALL": "C"},
                account=account,
                stdin=configuration,
                stdout=log,
                keeps=[lock],
            )

    def answers(self) -> bool:
        """Whether the server on the port is our process and has read its file."""
        client = redis.Redis(port=self.port, password=self.password, socket_timeout=5, decode_responses=True)
        try:
            return bool(client.ping()) and int(client.info("server")["process_id"]) == self.pid
        except redis.RedisError:
            return False  # not listening yet, still reading its file, or somebody else's server with another password
        finally:
            client.close()

    def _configuration(self) -> str:
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "protected-mode": "yes",
            "requirepass": self.password,
            "dir": f'"{_quotable(str(self.folder))}"',
            "daemonize": "no",
            "save": '""',
            "appendonly": "yes",
            "appendfsync": "everysec" if self.durable else "no",
            "maxmemory-policy": "noeviction",
        }
        return "".join(f"{name} {value}\n" for name, value in settings.items())


def _quotable(path: str) -> str:
    if "\n" in path:
        raise EmbeddedError("the data folder's path has a line break in it")
    return path.replace("\\", "\\\\").replace('"', '\\"')
