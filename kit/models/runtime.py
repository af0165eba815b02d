"""What a service asks of a neural network, whatever runs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

Tensor = NDArray[Any]


class Session(Protocol):
    """A loaded network."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Named tensors in, named tensors out. Safe to call from several threads."""
        ...
