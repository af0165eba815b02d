"""Two or more processes that share every batch on one machine.

Threads inside one network meet at a barrier after every layer, which is slow on a machine that does other work as well.
Processes meet once a step.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from typing import Any

import torch
from torch import Tensor

_PATIENCE_S = 900.0


@dataclass(frozen=True)
class Team:
    """One member's view: its rank, and what all members share. Make it by `run_team`."""

    rank: int
    size: int
    gradients: Tensor  # (size, parameters), in shared memory
    barrier: Barrier

    def average_gradients(self, parameters: Sequence[Tensor]) -> None:
        """Replaces each gradient by the mean over the team. Raises BrokenBarrierError when another member is gone."""
        if self.size == 1:
            return
        with_gradient = [parameter for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([_gradient(parameter).flatten() for parameter in with_gradient]).cpu()
        self.gradients[self.rank, : flat.numel()] = flat
        self.barrier.wait(_PATIENCE_S)
        mean = self.gradients[:, : flat.numel()].mean(dim=0)
        self.barrier.wait(_PATIENCE_S)
        for parameter, part in zip(with_gradient, mean.split([p.numel() for p in with_gradient]), strict=True):
            _gradient(parameter).copy_(part.view_as(parameter))


def run_team(size: int, parameters: int, work: Callable[[Team], Any]) -> Any:
    """Runs `work` in `size` processes at once, rank 0 in this one, and answers what rank 0 answers."""
    torch.set_num_threads(1)  # a fork of a process whose threads have started would hang
    context = multiprocessing.get_context("fork")
    gradients = torch.zeros(size, parameters).share_memory_()
    barrier = context.Barrier(size)
    others = [context.Process(target=work, args=(Team(rank, size, gradients, barrier),)) for rank in range(1, size)]
    for other in others:
        other.start()
    try:
        return work(Team(0, size, gradients, barrier))
    finally:
        barrier.abort()
        for other in others:
            other.join()


def _gradient(parameter: Tensor) -> Tensor:
    if parameter.grad is None:
        raise ValueError("a parameter that had a gradient has none any more")
    return parameter.grad
