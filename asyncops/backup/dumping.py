"""Making a backup: what pg_dump writes and what we count are one snapshot, whatever people write meanwhile."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from asyncops.backup import archive, inventory
from asyncops.backup.archive import BLOCK, Manifest
from asyncops.backup.errors import BackupError
from asyncops.backup.files import whole_file
from asyncops.backup.server import Server, major_version, program
from asyncops.clock import utcnow

LOCK_SECONDS = 60
MAX_COMPLAINT = 500


def back_up(server: Server, path: Path) -> Manifest:
    """Write a backup to `path`, which must not be there yet; BackupError leaves nothing behind."""
    with server.connect() as session:
        dumper = program("pg_dump", major_version(session))
        session.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot, schema = session.execute("SELECT pg_export_snapshot(), current_schema()").fetchone() or ("", "")
        found = inventory.take(session)
        manifest = Manifest(
            made_at=utcnow().isoformat(timespec="seconds"),
            postgresql=major_version(session),
            schema=schema,
            revision=found.revision,
            rows=found.rows,
            objects=found.objects,
        )
        command: list[str | Path] = [
            dumper,
            "--format=custom",
            "--no-owner",
            "--no-privileges",
            "--no-password",
            f"--snapshot={snapshot}",
            f"--lock-wait-timeout={LOCK_SECONDS}s",  # behind a migration, say
            f'--schema="{schema}"',  # all of it and no more: no extensions, which a provider may have put beside us
        ]
        with whole_file(path) as file:
            archive.write(file, manifest, lambda stream: _dump(command, server, stream))
    return manifest


def _dump(command: list[str | Path], server: Server, stream: IO[bytes]) -> None:
    with tempfile.TemporaryFile() as complaints:
        process = subprocess.Popen(
            command, env=server.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=complaints
        )
        try:
            if process.stdout is not None:
                shutil.copyfileobj(process.stdout, stream, BLOCK)
            ended = process.wait()
        finally:
            end(process)
        if ended != 0:
            raise BackupError(f"The backup failed, and no file was made: {said(complaints)}")


def end(process: subprocess.Popen[Any]) -> None:
    """Let no program outlive us."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()


def said(complaints: IO[bytes]) -> str:
    """What a program wrote to standard error, as one line."""
    complaints.seek(0)
    return " ".join(complaints.read().decode(errors="replace").split())[:MAX_COMPLAINT] or "it gave no reason"
