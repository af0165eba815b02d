"""A network that runs when the test lets it, and callers in threads of their own."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.wish import Wish, wishing
from kit.errors import InvalidRequest
from kit.models.runtime import Tensor

PATIENCE_S = 20.0
POISON = -1.0
Answer = dict[str, Tensor]


@dataclass(frozen=True)
class Run:
    """A run that began. It ends when the test says so."""

    values: list[float]
    wide: bool
    over: threading.Event


class GatedCrew:
    """Doubles its rows. `begun` tells each run as it begins; it ends with `over.set()`, or at once after `open()`."""

    def __init__(self) -> None:
        self.begun: queue.SimpleQueue[Run] = queue.SimpleQueue()
        self.closed = False
        self._open = False

    def run(self, inputs: Mapping[str, Tensor], *, wide: bool) -> Answer:
        run = Run(inputs["x"].ravel().tolist(), wide, threading.Event())
        self.begun.put(run)
        assert self._open or run.over.wait(PATIENCE_S)
        if POISON in run.values:
            raise InvalidRequest("poisoned")
        return {"y": inputs["x"] * 2}

    def next(self) -> Run:
        return self.begun.get(timeout=PATIENCE_S)

    def open(self) -> None:
        self._open = True

    def close(self) -> None:
        self.closed = True


class Callers:
    """Each call in a thread of its own."""

    def __init__(self, cores: Cores, pool: ThreadPoolExecutor) -> None:
        self._cores = cores
        self._pool = pool

    def ask(self, batcher: Batcher, *values: float, wish: Wish | None = None) -> Future[Answer]:
        """Asks with a row for each value; returns at once."""

        def call() -> Answer:
            with wishing(wish or Wish()):
                return batcher.run({"x": np.array(values, np.float32)[:, None]})

        return self._pool.submit(call)

    def submit(self, run: Callable[[Mapping[str, Tensor]], Answer], inputs: Mapping[str, Tensor]) -> Future[Answer]:
        """Any call; returns at once."""
        return self._pool.submit(run, inputs)

    def line_up(self, batcher: Batcher, *values: float, wish: Wish | None = None) -> Future[Answer]:
        """Asks, and returns when the request is in line."""
        before = self._cores.waiting
        future = self.ask(batcher, *values, wish=wish)
        until(lambda: self._cores.waiting > before)
        return future


@contextmanager
def callers(cores: Cores) -> Iterator[Callers]:
    with ThreadPoolExecutor(64) as pool:
        yield Callers(cores, pool)


def rows(future: Future[Answer]) -> list[float]:
    """What a caller was answered."""
    values: list[float] = future.result(PATIENCE_S)["y"].ravel().tolist()
    return values


def until(holds: Callable[[], bool]) -> None:
    """Waits until it does."""
    never = threading.Event()
    for _ in range(round(PATIENCE_S / 0.001)):
        if holds():
            return
        never.wait(0.001)
    raise AssertionError("it never came to that")
