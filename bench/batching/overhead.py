"""What a request costs beside its run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

import numpy as np

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.clock import SystemClock
from kit.models.runtime import Tensor

_CALLS, _ROUNDS = 5000, 9


class _Nothing:
    def run(self, inputs: Mapping[str, Tensor], *, wide: bool) -> dict[str, Tensor]:
        return {}

    def close(self) -> None:
        """Nothing is open."""


def overhead_us(max_rows: int) -> float:
    """Microseconds of CPU that a request costs which meets nobody, around a network that does nothing."""
    nothing, inputs = _Nothing(), {"x": np.zeros((1, 3, 224, 224), np.float32)}
    batcher = Batcher(nothing, Cores(2, SystemClock()), max_rows=max_rows)
    rounds = []
    for _ in range(_ROUNDS):
        bare_s = _took_s(lambda: nothing.run(inputs, wide=True))
        rounds.append(_took_s(lambda: batcher.run(inputs)) - bare_s)
    return 1e6 * statistics.median(rounds) / _CALLS


def _took_s(call: object) -> float:
    assert callable(call)
    started_s = time.thread_time()
    for _ in range(_CALLS):
        call()
    return time.thread_time() - started_s
