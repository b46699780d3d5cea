"""Which account a server runs as, and that its folder belongs to that account.

PostgreSQL refuses to run as root, so root gives both servers to an account without rights: the owner of the data
folder, or `nobody` for a new one. Where that account cannot reach the folder or the program, as below a /root that
only root may enter, the server stays root's in a user namespace of its own: there it has none of root's privileges
and still opens root's files.
"""

import os
import pwd
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from asyncops.embedded.errors import EmbeddedError


@dataclass(frozen=True)
class Account:
    """How a child changes who it is. The defaults change nothing."""

    uid: int | None = None
    gid: int | None = None
    namespace: bool = False


def own_folder(folder: Path, program: Path) -> Account:
    """Make `folder` (0700) and return the account that is to run `program` on it; EmbeddedError if none can."""
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.stat().st_uid
    if os.geteuid() != 0:
        if owner != os.geteuid():
            raise EmbeddedError(f"{folder} belongs to {_name(owner)}: run as that account, or give it to yours (chown)")
        return Account()
    account = _account_for_root(folder, owner, program)
    if owner != (account.uid or 0):
        _give(folder, account.uid or 0, account.gid or 0)  # the checkout was moved, or was somebody else's before
    return account


def _account_for_root(folder: Path, owner: int, program: Path) -> Account:
    uid, gid = (owner, folder.stat().st_gid) if owner else _nobody()
    if _may_enter(folder.parent, uid) and _may_enter(program, uid):
        return Account(uid, gid)
    if sys.platform != "linux":
        raise EmbeddedError(f"{_name(uid)} cannot reach {folder} or {program}: run as an ordinary account")
    return Account(namespace=True)


def _may_enter(path: Path, uid: int) -> bool:
    """Whether `uid` may pass every folder down to `path` and enter or execute that. Its groups do not count."""
    for place in (path, *path.parents):
        status = place.stat()
        if not status.st_mode & (stat.S_IXUSR if status.st_uid == uid else stat.S_IXOTH):
            return False
    return True


def _give(folder: Path, uid: int, gid: int) -> None:
    try:
        for place in (folder, *folder.rglob("*")):
            os.chown(place, uid, gid, follow_symlinks=False)
    except OSError as error:  # a container that took this right from its root
        raise EmbeddedError(
            f"{place} cannot be given to {_name(uid)} ({error.strerror}): run as an ordinary account"
        ) from error


def _nobody() -> tuple[int, int]:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        return 65534, 65534
    return entry.pw_uid, entry.pw_gid


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the account {uid}"
