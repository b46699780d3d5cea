"""The application's own processes, as the Procfile names them."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from signal import SIGTERM

from asyncops.embedded.child import spawn
from asyncops.embedded.errors import EmbeddedError


class Program:
    """A command line that is kept running, or run once. One simple command: the shell is only there for variables."""

    def __init__(self, name: str, command: str, *, root: Path, env: Mapping[str, str]) -> None:
        """`command` runs in the folder `root` and sees `env` and nothing else."""
        self.name = name
        self.command = command
        self.root = root
        self.env = env
        self.process: subprocess.Popen[bytes] | None = None

    def launch(self, *, piped: bool = True) -> subprocess.Popen[bytes]:
        """Start it and don't wait; its output can be read from the process unless it goes straight through."""
        self.process = spawn(
            # The shell becomes the command, so that signals reach it; `env` understands a leading NAME=value.
            ["/bin/sh", "-c", f"exec env {self.command}"],
            death_signal=SIGTERM,
            env=self.env,
            cwd=self.root,
            stdout=subprocess.PIPE if piped else None,
        )
        return self.process


def read_procfile(path: Path) -> dict[str, str]:
    """Command lines by process name, in the file's order. EmbeddedError if it is missing or not a Procfile."""
    try:
        lines = path.read_text().splitlines()
    except OSError as error:
        raise EmbeddedError(f"{path} cannot be read ({error.strerror}): run from the project's folder") from error
    commands = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, command = line.partition(":")
        if not colon or not command.strip():
            raise EmbeddedError(f"{path}, line {number}: 'name: command' expected")
        commands[name.strip()] = command.strip()
    return commands
