"""Files that are there whole or not at all, and the folder of backups."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from asyncops.backup.errors import BackupError
from asyncops.clock import utcnow
from asyncops.embedded.secret_file import sync_folder

FOLDER = "backups"
"""Below DATA_DIR."""
OURS = re.compile(r"asyncops-(\d{8}T\d{6}Z)\.zip")
UNFINISHED = ".asyncops-partial"
STAMP = "%Y%m%dT%H%M%SZ"
FRESH_SECONDS = 60.0


def target(given: Path | None, data_dir: str, suffix: str) -> Path:
    """Where a new file goes: the given name, or one with the moment in the given folder or in DATA_DIR's."""
    folder = Path(data_dir) / FOLDER if given is None else given
    if given is not None and not given.is_dir():
        return given
    return folder / f"asyncops-{utcnow().strftime(STAMP)}{suffix}"


@contextmanager
def whole_file(path: Path) -> Iterator[IO[bytes]]:
    """A new file of mode 0600 that takes its name when the block has ended well, and is gone when it has not.

    Until then it has a hidden one; what a killed run leaves of that goes with the next one. BackupError if the name is
    taken or the folder can't be written to.
    """
    if path.exists():
        raise BackupError(f"{path} is there already, and stays as it is. Name another file")
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}{UNFINISHED}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _remove_what_killed_runs_left(path.parent)
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise BackupError(f"{path} can't be written: its folder is a file") from error
    except OSError as error:
        raise BackupError(f"{path} can't be written: {error.strerror}") from error
    try:
        with os.fdopen(descriptor, "w+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # shows that somebody writes it; the kernel lets go however that ends
            yield file
            file.flush()
            os.fsync(file.fileno())
            _give_name(unfinished, path)
        sync_folder(path.parent)
    except FileExistsError as error:
        raise BackupError(f"{path} was made meanwhile, and stays as it is. Name another file") from error
    except OSError as error:
        raise BackupError(f"{path} can't be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)


def _give_name(unfinished: Path, path: Path) -> None:
    """Rename, but replace nothing."""
    try:
        path.hardlink_to(unfinished)
    except FileExistsError:
        raise
    except OSError:  # a disk that knows no links
        unfinished.rename(path)


def _remove_what_killed_runs_left(folder: Path) -> None:
    for left in folder.glob(f".*{UNFINISHED}"):
        # Locked: somebody writes it. Gone: it has got its name. Somebody else's: not ours to remove.
        with suppress(OSError), left.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # One that was made a moment ago is about to be locked.
            if time.time() - os.fstat(file.fileno()).st_mtime > FRESH_SECONDS:
                left.unlink(missing_ok=True)


def remove_older(folder: Path, made: Path, keep: int) -> list[Path]:
    """Remove our backups of a folder but the `keep` newest, never the one just made; gives what went."""
    old = sorted((path for path in _ours(folder) if path != made), key=lambda path: path.name, reverse=True)
    for path in old[keep - 1 :]:
        path.unlink(missing_ok=True)
    return old[keep - 1 :]


def age_of_newest(data_dir: str) -> timedelta | None:
    """How long ago the newest backup in DATA_DIR's folder was made; None where there is none."""
    names = [path.name for path in _ours(Path(data_dir) / FOLDER)]
    if not names:
        return None
    return utcnow() - datetime.strptime(max(names), f"asyncops-{STAMP}.zip").replace(tzinfo=UTC)


def _ours(folder: Path) -> list[Path]:
    return [path for path in folder.glob("asyncops-*.zip") if OURS.fullmatch(path.name)]
