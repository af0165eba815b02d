"""The state folder of a stack: one stack at a time may use it, and says in it where it is reached."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO

from kit.errors import InvalidSettings


@dataclass(frozen=True)
class Endpoints:
    """Where a stack is reached.

    Attributes:
        url: REST and page; empty when only gRPC is served.
        grpc: host:port.
        certificates: folder of those by which gRPC is spoken (mTLS); empty: it is spoken in plain text.
        services: host:port of every service behind the gateway, by name.
        doors: host:port at which the inner Envoy takes calls for each of them, where there is one.
    """

    pid: int
    url: str
    grpc: str
    certificates: str = ""
    services: dict[str, str] = field(default_factory=dict)
    doors: dict[str, str] = field(default_factory=dict)


class StateFolder:
    """`.telltale/`: `stack.json` is locked while a stack runs, `token` is the first token, `logs/` are the processes' logs."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @property
    def logs(self) -> Path:
        """Folder of the log files."""
        return self.root / "logs"

    @property
    def certificates(self) -> Path:
        """Folder of the certificates by which the processes know each other."""
        return self.root / "certificates"

    @property
    def canaries(self) -> Path:
        """Folder of the inner Envoy, its sockets, and which versions were promoted."""
        return self.root / "canary"

    @property
    def token_file(self) -> Path:
        """The first token, mode 600."""
        return self.root / "token"

    def token(self) -> str | None:
        """The first token; None before the first stack ran here."""
        return self.token_file.read_text(encoding="utf-8").strip() if self.token_file.is_file() else None

    def keep_token(self, token: str) -> None:
        """Writes the first token so that only this user can read it."""
        self.token_file.touch(mode=0o600)
        self.token_file.chmod(0o600)
        self.token_file.write_text(token + "\n", encoding="utf-8")

    @contextmanager
    def owned(self, endpoints: Endpoints) -> Iterator[None]:
        """Claims the folder for as long as the context lasts, even if this process is killed in it.

        Raises:
            InvalidSettings: another stack runs in it, with its process id and address.
        """
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._stack_file.open("a+", encoding="utf-8") as file:
            if not _lock(file):
                other = self.running()
                where = f"process {other.pid}, {other.url or other.grpc}" if other else "it is just starting"
                raise InvalidSettings(
                    f"a stack runs in {self.root} already ({where}); stop it, or give --state another folder"
                )
            file.truncate(0)
            file.write(json.dumps(asdict(endpoints)))
            file.flush()
            yield

    def running(self) -> Endpoints | None:
        """The stack that owns the folder; None when there is none."""
        try:
            with self._stack_file.open("r+", encoding="utf-8") as file:
                if _lock(file):
                    return None
                text = file.read()
        except FileNotFoundError:
            return None
        return Endpoints(**json.loads(text)) if text else None

    def moved(self, service: str, address: str) -> None:
        """The service of the stack that this process runs here is at another address, host:port, from now on."""
        told = json.loads(self._stack_file.read_text(encoding="utf-8"))
        told["services"][service] = address
        # In the same file, which is locked: another one in its place would not be.
        with self._stack_file.open("r+", encoding="utf-8") as file:
            file.write(json.dumps(told))
            file.truncate()

    @property
    def _stack_file(self) -> Path:
        return self.root / "stack.json"


def _lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
