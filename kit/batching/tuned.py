"""How each shipped network is best shared on cores without an accelerator, as `python -m bench.batching` measured it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kit.batching.batcher import Batcher
from kit.batching.cores import Cores
from kit.batching.crew import open_crew
from kit.models.card import LoadedModel

# Eight requests of eight clips: runs of a fifth of a millisecond, where taking turns costs more than the work.
MAX_ROWS: Final = {"face_drift": 64}
"""Rows of the largest batch, by the name of the model; 1 for the others, where a batch takes the CPU time of all its requests."""

MAX_WAIT_S: Final = 0.0
"""A request never waits for company while a core is free: none of the networks gains by a batch what the wait costs."""


def crews(cores: Cores) -> Callable[[LoadedModel], Batcher]:
    """Opens networks that share these cores, each as it is best."""

    def opened(model: LoadedModel) -> Batcher:
        return open_crew(model, cores, max_rows=MAX_ROWS.get(model.card.name, 1), max_wait_s=MAX_WAIT_S)

    return opened
