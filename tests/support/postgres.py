"""A PostgreSQL of the tests' own: a fresh folder, a free port, and a fresh database for whoever asks.

`python -m tests.support.postgres COMMAND…` runs a command beside one; `{database}` in it becomes the URL of an empty database.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from cli.stack.ports import free_ports

MISSING = "there is no PostgreSQL; install Debian's postgresql"
_SUPERUSER = "postgres"
_START_TIMEOUT_S = 30.0
# What a server says that ends at once, since children of the one that was killed have not ended yet.
_CHILDREN_ARE_LEFT = "pre-existing shared memory block"
_OPTIONS = (
    "-c",
    "fsync=on",
    "-c",
    "listen_addresses=127.0.0.1",
    "-c",
    "unix_socket_directories=",
    "-c",
    "max_connections=200",
)


def postgres_programs() -> Path | None:
    """The folder of `initdb` and `postgres`, of the newest version there is; None without one."""
    found = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return Path(found).resolve().parent if found else debian[-1].parent if debian else None


def as_postgres(*command: str) -> tuple[str, ...]:
    """A command as it must be run: PostgreSQL refuses to run as root."""
    drop = ("setpriv", f"--reuid={_SUPERUSER}", f"--regid={_SUPERUSER}", "--clear-groups")
    return (*drop, *command) if os.geteuid() == 0 else command


@dataclass(frozen=True)
class Cluster:
    """A data folder, and the command that serves it."""

    programs: Path
    folder: Path
    port: int

    @property
    def command(self) -> tuple[str, ...]:
        server = (str(self.programs / "postgres"), "-D", str(self.folder), "-p", str(self.port), *_OPTIONS)
        return as_postgres(*server)

    def url(self, database: str) -> str:
        """For SQLAlchemy, sync and asyncio alike."""
        return f"postgresql+psycopg://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def create(self, database: str) -> str:
        """A new database; its URL."""
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}"'.encode())
        return self.url(database)

    def drop(self, database: str) -> None:
        """Ends everybody's connections to it, too."""
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)'.encode())

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host=127.0.0.1 port={self.port} user={_SUPERUSER}", autocommit=True)


class Postgres:
    """A running server that a test may stop, kill and start again."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Returns when it answers."""
        before = self._said()
        self._process = self._launched()
        deadline_s = time.monotonic() + _START_TIMEOUT_S
        while not self.cluster.answers():
            ended, said = self._process.poll() is not None, self._said()
            early = _CHILDREN_ARE_LEFT in said.removeprefix(before)
            if time.monotonic() > deadline_s or (ended and not early):
                raise AssertionError(said)
            if ended:
                before, self._process = said, self._launched()
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to the server; its children see it and go."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ends connections and stops at once, in order."""
        self._end(signal.SIGINT)

    @property
    def _log(self) -> Path:
        return self.cluster.folder.parent / "log"

    def _said(self) -> str:
        return self._log.read_text() if self._log.exists() else ""

    def _launched(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(self.cluster.command, stdout=log, stderr=log)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(30)
            self._process = None


@contextmanager
def new_cluster() -> Iterator[Cluster]:
    """An initialised data folder on a free port, not started. FileNotFoundError without PostgreSQL."""
    programs = postgres_programs()
    if programs is None:
        raise FileNotFoundError(MISSING)
    # Not in pytest's folder: nobody but its owner may enter that.
    home = Path(tempfile.mkdtemp(prefix="telltale-postgres-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(home, _SUPERUSER, _SUPERUSER)
        make = (str(programs / "initdb"), "-D", str(home / "data"), "-U", _SUPERUSER, "-A", "trust", "-E", "UTF8", "-N")
        subprocess.run(as_postgres(*make), check=True, capture_output=True, cwd=home)
        yield Cluster(programs, home / "data", free_ports(1)[0])
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A started server with nothing in it, removed at the end."""
    with new_cluster() as cluster:
        server = Postgres(cluster)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def main() -> int:
    """What the command ends with."""
    with running_postgres() as server:
        url = server.cluster.create("empty")
        return subprocess.run([word.replace("{database}", url) for word in sys.argv[1:]]).returncode


if __name__ == "__main__":
    sys.exit(main())
