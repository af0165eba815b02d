"""Holds a network, and what it answers, against the tensors that its card announces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.errors import ModelInvalid
from kit.models.runtime import Tensor
from telltale.model.v1 import card_pb2

_ANY_SIZE: Final = -1


@dataclass(frozen=True, slots=True)
class Port:
    """An input or output as the network itself describes it."""

    name: str
    dtype: str
    """NumPy name of the element type."""
    shape: Sequence[int | None]
    """Sizes in order; None for an axis that may vary."""


def check_ports(model: str, announced: Sequence[card_pb2.TensorSignature], ports: Sequence[Port]) -> None:
    """Holds a network's inputs, or its outputs, against those that the card announces.

    An axis that may vary on the card must vary in the network; one that may vary in the network alone is checked when it runs.

    Raises:
        ModelInvalid: other names, element types, numbers of axes or sizes.
    """
    told, found = {entry.name: entry for entry in announced}, {port.name: port for port in ports}
    if set(told) != set(found):
        raise ModelInvalid(
            f"{model}: the network has {_listed(found)} where its card has {_listed(told)}; export it again"
        )
    for name, port in found.items():
        if port.dtype != told[name].dtype or not _may_fit(told[name].shape, port.shape):
            raise ModelInvalid(
                f"{model}: {name!r} of the network is {port.dtype} {_sizes(port.shape)}, on its card "
                f"{told[name].dtype} {_sizes(told[name].shape)}; export it again"
            )


def check_answer(model: str, announced: Sequence[card_pb2.TensorSignature], answer: Mapping[str, Tensor]) -> None:
    """Holds what a network answered against its card. Raises ModelInvalid: other shapes, or numbers that are none.

    No clamp and no comparison downstream would notice one that is not a number: it would become an opinion.
    """
    for entry in announced:
        tensor = answer[entry.name]
        if not _fits(entry.shape, tensor.shape):
            raise ModelInvalid(
                f"{model}: it answered {entry.name!r} of {_sizes(tensor.shape)}, where its card says {_sizes(entry.shape)}"
            )
        if tensor.dtype.kind == "f" and not np.isfinite(tensor).all():
            raise ModelInvalid(
                f"{model}: its answer {entry.name!r} holds numbers that are infinite or none; train it again"
            )


def _may_fit(told: Sequence[int], found: Sequence[int | None]) -> bool:
    if len(told) != len(found):
        return False
    return all(here is None or size == here for size, here in zip(told, found, strict=True))


def _fits(told: Sequence[int], found: Sequence[int]) -> bool:
    if len(told) != len(found):
        return False
    return all(size in (here, _ANY_SIZE) for size, here in zip(told, found, strict=True))


def _sizes(shape: Sequence[int | None]) -> str:
    return "x".join("?" if size in (None, _ANY_SIZE) else str(size) for size in shape) or "a scalar"


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(sorted(names)) or "nothing"
