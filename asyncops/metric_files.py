"""The folder through which the web processes of one gunicorn add up their metrics.

Each process counts in files of its own, and whoever is asked reads all of them (prometheus-client's multiprocess mode).
The library looks for the folder when it is imported, so this file must not import it at the top.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "asyncops-metrics-"
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - mkdtemp makes a folder of our own in it
YOUNG_SECONDS = 60
ADDED_UP = "merged"
ADDITIVE = ("counter", "histogram")

_ours: dict[Path, BinaryIO] = {}


def share(parent: Path | None = None) -> Path:
    """Make a fresh folder and let this process and those it forks count there; a second call changes nothing.

    It goes when this process ends; what killed ones left behind goes now.
    """
    if _ours:  # gunicorn reads its settings again on SIGHUP, and counts on
        return next(iter(_ours))
    parent = parent or (IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir()))
    _remove_abandoned(parent)
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    in_use = (folder / "in-use").open("ab")
    fcntl.flock(in_use, fcntl.LOCK_EX)  # the kernel lets go when the last process that inherited it ends
    _ours[folder] = in_use
    os.environ[VARIABLE] = str(folder)
    atexit.register(_remove, folder, os.getpid())
    return folder


def folder() -> Path | None:
    """Where the processes count together; None in one that counts for itself."""
    return Path(os.environ[VARIABLE]) if _ours else None


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """No file is added to another meanwhile: what stood in both, or in neither, would show as a jump."""
    with (folder / "files").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def add_up_ended(running: Collection[int]) -> None:
    """Add what ended processes counted to one file; theirs go. Else each restart of a worker would leave files behind.

    For the parent of all `running` processes. While somebody reads nothing is done: the next call finds them too.
    """
    from prometheus_client.mmap_dict import MmapedDict  # noqa: PLC0415 - see the top of the file

    where = folder()
    if where is None:
        return
    kept = {ADDED_UP, str(os.getpid()), *map(str, running)}
    with (where / "files").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        for path in where.glob("*.db"):
            kind, _, owner = path.stem.partition("_")
            if owner.rpartition("_")[2] in kept:
                continue
            if kind in ADDITIVE:  # a gauge says how it is now, and ends with its process
                total = MmapedDict(str(where / f"{kind}_{ADDED_UP}.db"))
                for key, value, _, _ in MmapedDict.read_all_values_from_file(str(path)):
                    total.write_value(key, total.read_value(key)[0] + value, 0.0)
                total.close()
            path.unlink()


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # forked processes run this too when they end
        shutil.rmtree(folder, ignore_errors=True)


def _remove_abandoned(parent: Path) -> None:
    for folder in parent.glob(f"{PREFIX}*"):
        # A young one may belong to a process that is about to lock it; another account's can't be opened.
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > YOUNG_SECONDS:
                with (folder / "in-use").open("rb") as in_use:
                    fcntl.flock(in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
