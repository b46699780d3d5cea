"""How a child is started so that Ctrl-C reaches only the supervisor and no child outlives it."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from asyncops.embedded.account import Account
from asyncops.embedded.errors import EmbeddedError

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def spawn(
    command: Sequence[str | Path],
    *,
    death_signal: signal.Signals,
    env: Mapping[str, str],
    account: Account | None = None,
    cwd: Path | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    keeps: Collection[int] = (),
) -> subprocess.Popen[bytes]:
    """Start `command` in its own process group; stderr goes where stdout goes, and it inherits the descriptors `keeps`.

    On Linux the kernel sends it `death_signal` when this process ends, however that happens. It does so when the
    *thread* that called this ends: call it from the main thread.
    """
    account = account or Account()
    try:
        return subprocess.Popen(
            [str(part) for part in command],
            env=dict(env),
            cwd=cwd,
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.STDOUT if stdout is not None else None,
            process_group=0,
            pass_fds=keeps,
            user=account.uid,
            group=account.gid,
            extra_groups=None if account.uid is None else [],
            preexec_fn=_before_exec(death_signal, account),  # noqa: PLW1509 - it takes no lock of Python's
        )
    except subprocess.SubprocessError as error:  # the only thing that can fail in there is the namespace
        raise EmbeddedError(
            f"{command[0]} cannot run: PostgreSQL refuses root, no other account can reach the data folder, and user "
            "namespaces are switched off here: run as an ordinary account, or use a data folder that all may enter"
        ) from error


def signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    """Signal a child and all of its descendants that stayed in its group; nothing if there is nobody left."""
    with suppress(ProcessLookupError, PermissionError):  # macOS says EPERM for a group of zombies
        os.killpg(process.pid, number)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent died (Linux), so that `kill_adopted` finds them."""
    if _libc is not None:
        _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def kill_adopted() -> None:
    """Kill every child that is left, theirs too, and wait for them. For the very end (Linux)."""
    listing = Path(f"/proc/self/task/{os.getpid()}/children")
    while listing.exists() and (children := listing.read_text().split()):
        for pid in map(int, children):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _before_exec(death_signal: signal.Signals, account: Account) -> Callable[[], None] | None:
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def prepare() -> None:
        if account.namespace and libc.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        # After the change of account, which would clear it.
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel knew that we want to be told
            os.kill(os.getpid(), signal.SIGKILL)

    return prepare
