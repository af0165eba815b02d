"""Putting requests together into one batch, and its answer apart again."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from kit.errors import ModelInvalid
from kit.models.runtime import Tensor

Tensors = Mapping[str, Tensor]


def rows_of(inputs: Tensors) -> int | None:
    """Length of axis 0, when all tensors have one and it is the same; else None."""
    lengths = {tensor.shape[0] if tensor.ndim else None for tensor in inputs.values()}
    return lengths.pop() if len(lengths) == 1 else None


def likeness(inputs: Tensors) -> Hashable:
    """Requests with equal ones can share a batch: the names, types and all axes but axis 0 are the same."""
    return tuple(sorted((name, tensor.dtype.str, tensor.shape[1:]) for name, tensor in inputs.items()))


def together(requests: Sequence[Tensors]) -> Tensors:
    """One request with the rows of all, in their order."""
    if len(requests) == 1:
        return requests[0]
    return {name: np.concatenate([request[name] for request in requests]) for name in requests[0]}


def apart(answer: Tensors, rows: Sequence[int]) -> list[dict[str, Tensor]]:
    """Each one's own rows of an answer, as tensors that keep nothing of their neighbours alive.

    Raises ModelInvalid when an output has not one row for each of the input.
    """
    if len(rows) == 1:
        return [dict(answer)]
    if any(tensor.shape[:1] != (sum(rows),) for tensor in answer.values()):
        raise ModelInvalid(
            f"the network does not answer {sum(rows)} rows with as many; do not let callers share its runs"
        )
    edges = np.cumsum([0, *rows]).tolist()
    return [
        {name: tensor[start:end].copy() for name, tensor in answer.items()} for start, end in itertools.pairwise(edges)
    ]
