"""Who is measured, and in which ways each is tried; the best way of each is kept."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.serving.doors.grpc import GrpcDoor, grpc_probability, grpc_request
from bench.serving.doors.rest import RestDoor, rest_probability, rest_request
from bench.serving.load import Protocol

REST = Protocol("REST", RestDoor, rest_request, rest_probability)
GRPC = Protocol("gRPC", GrpcDoor, grpc_request, grpc_probability)

OURS, WALLED = "ours", "ours, decoded in the sandbox"


@dataclass(frozen=True)
class Way:
    """One way to run a server: words for people, and for its command line."""

    words: str
    protocol: Protocol
    arguments: str = ""


@dataclass(frozen=True)
class Contender:
    """A server of the work.

    Attributes:
        python: of its environment.
        module: what is run there.
        ways: the first is taken where there is no tuning.
    """

    name: str
    python: Path
    module: str
    ways: Sequence[Way]

    def command(self, way: Way, port: int, network: Path) -> list[str]:
        """What is started."""
        fixed = ["-m", self.module, "--port", str(port), "--network", str(network)]
        return [str(self.python), *fixed, *way.arguments.split()]


_WAYS = {
    "LitServe": (
        Way("2 workers of one core, queue by ZeroMQ", REST, "--processes 2 --way fast"),
        Way("2 workers of one core", REST, "--processes 2"),
        Way("2 workers of one core, queue by ZeroMQ, batches of 2", REST, "--processes 2 --way fast --rows 2"),
        Way("3 workers of one core, queue by ZeroMQ", REST, "--processes 3 --way fast"),
        Way("1 worker of two cores, queue by ZeroMQ", REST, "--processes 1 --cores 2 --way fast"),
    ),
    "MLServer": (
        Way("a REST route of its own, 2 threads of one core", REST, "--processes 0 --threads 2 --way rest"),
        Way("gRPC, 2 threads of one core", GRPC, "--processes 0 --threads 2"),
        Way("gRPC, 2 parallel workers of one core", GRPC, "--processes 2"),
        Way("a REST route of its own, 2 threads of two cores", REST, "--processes 0 --threads 2 --cores 2 --way rest"),
    ),
    "Ray Serve": (
        Way("2 replicas of one core", REST, "--processes 2"),
        Way("1 replica, 2 threads of one core", REST, "--processes 1 --threads 2"),
        Way("1 replica of two cores", REST, "--processes 1 --cores 2"),
    ),
    "BentoML": (
        Way("1 worker, 2 threads of one core", REST, "--processes 1 --threads 2"),
        Way("2 workers of one core", REST, "--processes 2"),
        Way("1 worker, 2 threads of two cores", REST, "--processes 1 --threads 2 --cores 2"),
    ),
    "Triton": (
        Way("2 instances in Python, one core each", GRPC, "--threads 2"),
        Way("1 instance in Python of two cores", GRPC, "--cores 2"),
        Way("3 instances in Python, one core each", GRPC, "--threads 3"),
    ),
}
_MODULES = {
    "LitServe": "litserve",
    "MLServer": "mlserver",
    "Ray Serve": "ray",
    "BentoML": "bentoml",
    "Triton": "triton",
}
PEERS = tuple(_WAYS)


def contenders(peers: Path, names: Sequence[str]) -> list[Contender]:
    """Ours, ours behind walls, and the named peers from their environments in `peers`."""
    here, module = Path(sys.executable), "bench.serving.ours"
    ours = Contender(OURS, here, module, [Way("one process", GRPC)])
    walled = Contender(WALLED, here, module, [Way("one process, and one for each file", GRPC, "--sandbox")])
    return [ours, walled, *(_peer(peers, name) for name in names)]


def _peer(peers: Path, name: str) -> Contender:
    short = _MODULES[name]
    python = peers.absolute() / short / "bin" / "python"
    if not python.exists():
        raise FileNotFoundError(f"{python} is missing: run `make bench-serving-peers`, or leave {name} out by --peers")
    return Contender(name, python, f"bench.serving.servers.with_{short}", _WAYS[name])
