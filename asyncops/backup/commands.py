"""`asyncops backup`, `restore`, `export` and `import`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, TypeAlias

import click

from asyncops.backup import files
from asyncops.backup.archive import Manifest
from asyncops.backup.drill import Report
from asyncops.backup.drill import drill as run_drill
from asyncops.backup.dumping import back_up
from asyncops.backup.exporting import export_from_either
from asyncops.backup.importing import import_ as read_export
from asyncops.backup.restoring import restore as run_restore
from asyncops.backup.server import Server
from asyncops.extensions import settings

Application: TypeAlias = Callable[[], AbstractContextManager[Any]]
"""Opens an application context with a database that answers; the command line gives it to these commands."""

_NEW = click.Path(path_type=Path, resolve_path=True)
_THERE = click.Path(path_type=Path, exists=True, dir_okay=False, readable=True, resolve_path=True)


@contextmanager
def _ready(application: Application) -> Iterator[Server]:
    """The database, for a command that cleans up after itself: told to stop, it does as for Ctrl-C.

    psycopg, too, takes KeyboardInterrupt as the order to cancel what the server is doing for it.
    """

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, stop)
    with application():
        yield Server.of_application()


@click.command()
@click.argument("file", type=_NEW, required=False)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    metavar="N",
    help="Then remove all but the N newest backups of the folder. For names that it chose itself.",
)
@click.pass_obj
def backup(application: Application, file: Path | None, keep: int | None) -> None:
    """Save the database in FILE, or under a name with the time in FILE if that is a folder.

    Without FILE: in the folder `backups` of DATA_DIR. It may run beside everything else.
    """
    if keep is not None and file is not None and not file.is_dir():
        raise click.UsageError("--keep is for a folder of backups: name that folder, or nothing.")
    with _ready(application) as server:
        path = files.target(file, settings().data_dir, ".zip")
        manifest = back_up(server, path)
        _say_what(manifest.rows)
        _say_where(path)
        if keep is not None:
            for old in files.remove_older(path.parent, path, keep):
                click.echo(f"Removed {old.name}")


@click.command()
@click.argument("file", type=_THERE)
@click.option("--force", is_flag=True, help="Replace what is there, and do not mind who is connected.")
@click.option("--drill", is_flag=True, help="Only try FILE out, in a database of its own that is dropped again.")
@click.pass_obj
def restore(application: Application, file: Path, *, force: bool, drill: bool) -> None:
    """Make the database what it was when FILE was made. Stop web, worker and scheduler first.

    All of it is restored or nothing is changed. A backup of an older release is migrated.
    """
    if force and drill:
        raise click.UsageError("A drill overwrites nothing: say either --drill or --force.")
    with _ready(application) as server:
        if drill:
            report = run_drill(server, file)
            _say_report(report)
            sys.exit(1 if report.problems else 0)
        manifest = run_restore(server, file, force=force)
        _say_what(manifest.rows)
        click.echo(f"Restored as of {manifest.made_at}. Start web, worker and scheduler again.")


@click.command()
@click.argument("file", type=_NEW, required=False)
@click.pass_obj
def export(application: Application, file: Path | None) -> None:
    """Write the whole workspace as JSON lines into FILE, to move it or to read it with other programs.

    Password hashes and encrypted values are in it. Without FILE: in the folder `backups` of DATA_DIR.
    """
    with _ready(application) as server:
        path = files.target(file, settings().data_dir, ".jsonl")
        rows, from_replica = export_from_either(server, path)
        _say_what(rows)
        if from_replica:
            click.echo("Read from the replica, with all that was saved when this began.")
        _say_where(path)


@click.command("import")
@click.argument("file", type=_THERE)
@click.pass_obj
def import_(application: Application, file: Path) -> None:
    """Make a workspace out of an export, in a database that is empty. All lines are imported, or none."""
    with _ready(application) as server:
        _say_what(read_export(server, file))
        click.echo("Imported.")


COMMANDS = (backup, restore, export, import_)


def _say_what(rows: dict[str, int]) -> None:
    filled = {table: count for table, count in rows.items() if count and table != "alembic_version"}
    width = max(map(len, filled), default=0)
    for table, count in filled.items():
        click.echo(f"{table:<{width}} {count:>9,}")
    click.echo(f"{sum(filled.values()):,} rows in {len(filled)} tables.")


def _say_where(path: Path) -> None:
    click.echo(f"{path}   {path.stat().st_size:,} bytes")


def _say_report(report: Report) -> None:
    manifest: Manifest = report.manifest
    click.echo(f"Made {manifest.made_at} on PostgreSQL {manifest.postgresql}, at revision {manifest.revision}.")
    tables = sorted({*manifest.rows, *report.restored.rows})
    width = max(map(len, tables))
    click.echo(f"{'table':<{width}} {'recorded':>10} {'restored':>10}")
    for table in tables:
        was, back = manifest.rows.get(table), report.restored.rows.get(table)
        shown = ["-" if count is None else f"{count:,}" for count in (was, back)]
        click.echo(f"{table:<{width}} {shown[0]:>10} {shown[1]:>10}{'' if was == back else '   differs'}")
    for problem in report.problems:
        click.echo(f"problem  {problem}")
    if not report.problems:
        kinds = [name.split()[0] for name in report.restored.objects]
        found = ", ".join(f"{kinds.count(kind)} {_plural(kind)}" for kind in sorted(set(kinds)))
        click.echo(f"All there and valid: {found}. This backup can be restored.")


def _plural(kind: str) -> str:
    return f"{kind}es" if kind.endswith("x") else f"{kind}s"
