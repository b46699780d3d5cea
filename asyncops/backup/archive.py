"""The file of a backup: a ZIP with `manifest.json` and `database.dump`, which is pg_dump's own custom format.

The ZIP's checksums tell a damaged or cut file before anything is touched, and where AsyncOps is lost, `unzip` and
`pg_restore` read it.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import zipfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from asyncops.backup.errors import BackupError

FORMAT = "asyncops-backup"
VERSION = 1
MANIFEST = "manifest.json"
DUMP = "database.dump"
BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the dump holds, counted in the same snapshot."""

    made_at: str
    postgresql: int
    schema: str
    revision: str
    rows: dict[str, int]
    objects: list[str]
    format: str = FORMAT
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Archive:
    """A backup that was read to its end and found whole."""

    path: Path
    manifest: Manifest
    _zip: zipfile.ZipFile

    def copy_dump(self, to: IO[bytes]) -> None:
        """Write the dump into a stream."""
        with self._zip.open(DUMP) as dump:
            shutil.copyfileobj(dump, to, BLOCK)


def write(file: IO[bytes], manifest: Manifest, dump: Callable[[IO[bytes]], None]) -> None:
    """Fill a file; `dump` writes into the stream that it is given."""
    with zipfile.ZipFile(file, "w") as archive:
        text = json.dumps(dataclasses.asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False)
        archive.writestr(_private(MANIFEST), text + "\n")
        with archive.open(_private(DUMP), "w", force_zip64=True) as stream:  # stored: the dump is compressed
            dump(stream)


def _private(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o600 << 16  # how `unzip` writes it
    return info


@contextmanager
def read(path: Path) -> Iterator[Archive]:
    """Open a backup; BackupError if it is damaged, cut, or something else."""
    with ExitStack() as at_end:
        try:
            archive = at_end.enter_context(zipfile.ZipFile(path))
            if damaged := archive.testzip():
                raise BackupError(f"{path} is damaged at {damaged}: its checksum is wrong. Use another backup")
            manifest = _manifest(json.loads(archive.read(MANIFEST)))
            archive.getinfo(DUMP)
        except OSError as error:
            raise BackupError(f"{path} can't be read: {error.strerror or error}") from error
        except (zipfile.BadZipFile, EOFError) as error:
            raise BackupError(f"{path} is no whole backup: it is cut off, damaged or something else") from error
        except (KeyError, TypeError, ValueError) as error:
            raise BackupError(f"{path} is no backup that this release knows: {error}") from error
        yield Archive(path, manifest, archive)


def _manifest(found: Any) -> Manifest:
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ValueError(f"its format is not {FORMAT}")
    if found.get("version") != VERSION:
        raise ValueError(f"it is of version {found.get('version')}, and this release reads {VERSION}")
    return Manifest(**found)
