"""Mail that is kept instead of sent: a mail's name is its file's name, so that keeping twice is keeping once."""

from __future__ import annotations

import os
from pathlib import Path


def keep(name: str, content: bytes, folder: Path) -> Path:
    """Write `<folder>/<name>.eml`, whole or not at all."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / f"{name}.eml"
    unfinished = folder / f".{name}.{os.getpid()}"
    # Owner only from the first byte: these mails carry links that let one in.
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return path
