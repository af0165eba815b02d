"""Clients that each ask again as soon as they are answered (a closed loop), for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.serving.doors.door import Door
from bench.serving.processes import Tree

# Of float32 sums in another order, and of a JPEG decoder built in another way.
TOLERANCE = 2e-3


@dataclass(frozen=True)
class Protocol:
    """How to speak with a server.

    Attributes:
        open: a connection to a port.
        encode: a request of a JPEG, once and before anything is measured.
        probability: of an answer.
    """

    name: str
    open: Callable[[int], Door]
    encode: Callable[[bytes], bytes]
    probability: Callable[[bytes], float]


@dataclass(frozen=True)
class Spell:
    """What so many clients saw for a while.

    Attributes:
        latencies_s: of each call that ended within `window_s`.
        server_cpu_s, client_cpu_s: what both sides computed in that time.
    """

    clients: int
    window_s: float
    latencies_s: tuple[float, ...]
    server_cpu_s: float
    client_cpu_s: float
    memory_bytes: int

    @property
    def throughput_hz(self) -> float:
        """Answers per second."""
        return len(self.latencies_s) / self.window_s


@dataclass(frozen=True)
class Material:
    """Photos in the words of a protocol, and what is true of each."""

    protocol: Protocol
    requests: Sequence[bytes]
    truths: Sequence[float]


class _Clients:
    """The calls of all clients, until they are told to stop."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self.stopped = threading.Event()
        self.calls: list[tuple[float, float]] = []
        self.faults: list[Exception] = []

    def run(self, door: Door, first: int) -> None:
        """One client, from its own photo on. Lists are appended to by all threads: that is one step in Python."""
        number, requests = first, self._material.requests
        try:
            while not self.stopped.is_set():
                index, begin_s = number % len(requests), time.perf_counter()
                answer = door.ask(requests[index])
                self.calls.append((begin_s, time.perf_counter()))
                check(self._material, index, answer)
                number += 1
        except (OSError, RuntimeError) as error:
            self.faults.append(error)


def check(material: Material, index: int, answer: bytes) -> None:
    """Raises RuntimeError when a server says something else of a photo than the function does."""
    told, truth = material.protocol.probability(answer), material.truths[index]
    if abs(told - truth) > TOLERANCE:
        raise RuntimeError(f"photo {index}: the server says {told:.4f}, the function {truth:.4f}")


def spell(port: int, tree: Tree, material: Material, clients: int, lead_in_s: float, window_s: float) -> Spell:
    """Has `clients` ask for a while, of which the first `lead_in_s` does not count.

    Raises RuntimeError when a call fails or is answered wrongly.
    """
    doors = [material.protocol.open(port) for _ in range(clients)]
    group, apart = _Clients(material), max(1, len(material.requests) // clients)
    threads = [threading.Thread(target=group.run, args=(door, apart * i)) for i, door in enumerate(doors)]
    for thread in threads:
        thread.start()
    time.sleep(lead_in_s)
    before = (time.perf_counter(), tree.cpu_s(), time.process_time())
    time.sleep(window_s)
    after = (time.perf_counter(), tree.cpu_s(), time.process_time())
    group.stopped.set()
    memory_bytes = tree.memory_bytes()
    for thread in threads:
        thread.join()
    for door in doors:
        door.close()
    if group.faults:
        raise RuntimeError(f"with {clients} clients: {group.faults[0]}") from group.faults[0]
    within = tuple(end_s - own_s for own_s, end_s in group.calls if before[0] <= end_s < after[0])
    return Spell(clients, after[0] - before[0], within, after[1] - before[1], after[2] - before[2], memory_bytes)
