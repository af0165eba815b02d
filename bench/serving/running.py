"""Servers that run for a while, each in its environment, with its words in a file."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.serving.catalogue import Contender, Way
from bench.serving.load import Material, check
from bench.serving.processes import Tree
from kit.settings import child_environment

_ROOT = Path(__file__).resolve().parents[2]
_PATHS = (_ROOT, _ROOT / "third_party" / "python")
_START_S, _STOP_S = 90.0, 5.0
_PAUSE_S = 0.2
# Some listen at the two ports behind theirs as well.
_PORTS = 3


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    tree: Tree
    material: Material


@contextmanager
def running(contender: Contender, way: Way, network: Path, material: Material, logs: Path) -> Iterator[Running]:
    """Starts it, waits until every photo is answered rightly, and stops it at the end.

    Raises RuntimeError when it does not start, with the name of the file that says why.
    """
    port, log = _free_port(), (logs / f"{contender.name}.log").absolute()
    with log.open("wb") as words:
        process = subprocess.Popen(
            contender.command(way, port, network.resolve()),
            stdout=words, stderr=words, stdin=subprocess.DEVNULL, cwd=logs, env=_environment(contender),
        )  # fmt: skip
    tree = Tree(process.pid)
    try:
        _await_answers(process, port, material, log)
        yield Running(port, tree, material)
    finally:
        tree.thaw()
        stop(process, tree)


def stop(process: subprocess.Popen[bytes], tree: Tree) -> None:
    """Asks it to end, and makes it."""
    children = [Tree(pid) for pid in tree.pids()[1:]]
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        tree.kill()
        process.wait()
    for child in children:
        child.kill()


def _environment(contender: Contender) -> dict[str, str]:
    # Programs of an environment are found by their names in it; nobody's threads are chosen by our environment.
    path = f"{contender.python.parent.resolve()}:/usr/local/bin:/usr/bin:/bin"
    return child_environment({"PYTHONPATH": ":".join(map(str, _PATHS)), "PATH": path, "RAY_USAGE_STATS_ENABLED": "0",
                              "BENTOML_DO_NOT_TRACK": "1"})  # fmt: skip


def _await_answers(process: subprocess.Popen[bytes], port: int, material: Material, log: Path) -> None:
    ends_s = time.monotonic() + _START_S
    while not _answers(port, material):
        if process.poll() is not None or time.monotonic() > ends_s:
            raise RuntimeError(f"the server did not start; {log} says why")
        time.sleep(_PAUSE_S)
    # All photos: it is warm then, and not one is answered wrongly.
    door = material.protocol.open(port)
    for index, request in enumerate(material.requests):
        check(material, index, door.ask(request))
    door.close()


def _answers(port: int, material: Material) -> bool:
    try:
        door = material.protocol.open(port)
    except OSError:
        return False
    try:
        door.ask(material.requests[0])
    except (OSError, RuntimeError):
        return False
    finally:
        door.close()
    return True


def _free_port() -> int:
    """The first of some in a row that nobody listens at."""
    while True:
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
        if port + _PORTS < 65_536 and not any(_taken(port + more) for more in range(_PORTS)):
            return port


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
