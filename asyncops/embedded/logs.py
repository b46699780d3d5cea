"""The servers' log files: appended to, and never larger than about twice LOG_LIMIT on disk."""

import os
import shutil
from pathlib import Path
from typing import BinaryIO

LOG_LIMIT = 10_000_000  # bytes


def open_log(path: Path) -> BinaryIO:
    """Open a log for a child to append to. Readable by its owner only: statements that failed stand in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bound(path)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def bound(path: Path) -> None:
    """Move what is in a log of more than LOG_LIMIT bytes to `<name>.1`, also while a child writes to it."""
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        shutil.copy(path, path.with_name(f"{path.name}.1"))
        os.truncate(path, 0)  # the writer has the file open in append mode, so it goes on at the start


def last_line(path: Path) -> str:
    """The last line that says something, or a remark that there is none."""
    lines = path.read_text(errors="replace").splitlines() if path.exists() else []
    return next((line.strip() for line in reversed(lines) if line.strip()), "(nothing in its log)")
