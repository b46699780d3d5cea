"""Who uses a data folder, and where its servers listen, for commands in a second terminal."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.secret_file import PASSWORDS, read_secrets, write_private


@contextmanager
def lock(data_dir: Path) -> Iterator[None]:
    """Use the folder alone; it is made if missing. EmbeddedError at once if another process uses it.

    The kernel drops the lock with the process, however it ends.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        file = (data_dir / "lock").open("ab")
    except OSError as error:
        raise EmbeddedError(f"{data_dir} cannot be used ({error.strerror}): run as its owner") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise EmbeddedError(f"asyncops is already running on {data_dir}: stop it first (Ctrl-C)") from None
        yield


@contextmanager
def announced(data_dir: Path, urls: dict[str, str]) -> Iterator[None]:
    """Keep `urls` (by variable name) in `var/running` while the block runs."""
    path = data_dir / "running"
    write_private(path, "".join(f"{name}={value}\n" for name, value in {"PID": str(os.getpid()), **urls}.items()))
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def environment(data_dir: Path) -> dict[str, str]:
    """What a command beside a running `up` lacks in its environment: secrets, and URLs of the embedded servers.

    Variables that are set already are left out. Without a running `up` there are no URLs. EmbeddedError if a file
    belongs to another account or is damaged.
    """
    known = {name: value for name, value in read_secrets(data_dir).items() if name not in PASSWORDS}
    known |= _running(data_dir / "running")
    return {name: value for name, value in known.items() if not os.environ.get(name)}


def _running(path: Path) -> dict[str, str]:
    try:
        lines = path.read_text().splitlines()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise EmbeddedError(f"{path} cannot be read ({error.strerror}): run as its owner") from error
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    return values if _alive(int(values.pop("PID", "0"))) else {}


def _alive(pid: int) -> bool:
    """Whether a process of this number exists, whoever owns it."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
