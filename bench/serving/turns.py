"""The measurement: the loop and every server in turns, so that whatever the machine does hits all alike."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import geometric_mean
from typing import IO

from bench.serving.catalogue import Contender, Way
from bench.serving.load import Spell, spell
from bench.serving.running import Running

CLIENTS = (1, 8, 32)


@dataclass(frozen=True)
class Turn:
    """One turn of the plain loop."""

    window_s: float
    latencies_s: tuple[float, ...]
    cpu_s: float

    @property
    def throughput_hz(self) -> float:
        """Photos per second."""
        return len(self.latencies_s) / self.window_s


class Ceiling:
    """The loop in its own process; `truths` is what it says of each photo."""

    def __init__(self, asks: IO[str], answers: IO[str]) -> None:
        self._asks = asks
        self._answers = answers
        self.truths: list[float] = json.loads(answers.readline())

    def turn(self, window_s: float) -> Turn:
        """Has it loop for so long."""
        self._asks.write(f"{window_s}\n")
        self._asks.flush()
        told = json.loads(self._answers.readline())
        return Turn(told["window_s"], tuple(told["latencies_s"]), told["cpu_s"])


@contextmanager
def ceiling(network: Path, photos: Path) -> Iterator[Ceiling]:
    """The loop over a folder of photos."""
    command = [sys.executable, "-m", "bench.serving.loop", "--network", str(network), "--photos", str(photos)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the loop has no pipes")
        yield Ceiling(process.stdin, process.stdout)
        process.stdin.close()


@dataclass(frozen=True)
class Round:
    """One server's turn, and the turns of the loop right before and behind it."""

    before: Turn
    spells: Mapping[int, Spell]
    after: Turn


@dataclass(frozen=True)
class Plan:
    """How long, and how often."""

    rounds: int
    lead_in_s: float
    window_s: float
    clients: Sequence[int] = field(default=CLIENTS)


def take_turns(loop: Ceiling, servers: Mapping[str, Running], plan: Plan) -> dict[str, list[Round]]:
    """Every server in every round, each round beginning with another; all but the one that is asked are kept still."""
    taken: dict[str, list[Round]] = {name: [] for name in servers}
    names = list(servers)
    for server in servers.values():
        server.tree.freeze()
    for number in range(plan.rounds):
        before = loop.turn(plan.window_s)
        shift = number % len(names)
        for name in names[shift:] + names[:shift]:
            spells = _asked(servers[name], plan)
            after = loop.turn(plan.window_s)
            taken[name].append(Round(before, spells, after))
            before = after
        print(f"round {number + 1} of {plan.rounds}", flush=True)
    return taken


def best_way(contender: Contender, run: Callable[[Way], Mapping[int, Spell]]) -> tuple[Way, dict[str, float]]:
    """The way with the highest throughput (geometric mean over the numbers of clients), and what all reached."""
    reached = {way.words: geometric_mean(each.throughput_hz for each in run(way).values()) for way in contender.ways}
    return max(contender.ways, key=lambda way: reached[way.words]), reached


def asked_once(server: Running, plan: Plan) -> Mapping[int, Spell]:
    """All numbers of clients, once."""
    return {n: spell(server.port, server.tree, server.material, n, plan.lead_in_s, plan.window_s) for n in plan.clients}


def _asked(server: Running, plan: Plan) -> Mapping[int, Spell]:
    server.tree.thaw()
    try:
        return asked_once(server, plan)
    finally:
        server.tree.freeze()
