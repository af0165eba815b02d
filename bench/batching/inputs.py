"""What a caller usually sends each network: cues put together what they have, up to eight rows, before they ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.models.runtime import Tensor

_SHAPES: Final[dict[str, dict[str, tuple[int, ...]]]] = {
    "face_spatial": {"face": (1, 3, 192, 192)},
    "noise_residual": {"window": (1, 3, 320, 320)},
    "whole_picture": {"patch": (12, 3, 128, 128)},
    "face_finder": {"picture": (1, 3, 256, 320)},
    "face_motion": {"clip": (8, 15, 9, 32, 32)},
    "face_drift": {"clip": (8, 15, 40)},
    "face_landmarks": {"face": (8, 3, 192, 192)},
    "voice_spoof": {"sound": (8, 48_000)},
    "lip_sync": {"lips": (1, 100, 156), "sound": (1, 400, 40)},
    "voice_activity": {"input": (128, 576), "h": (1, 1, 128), "c": (1, 1, 128)},
}


@dataclass(frozen=True)
class Request:
    """One caller's tensors for one network."""

    name: str
    tensors: Mapping[str, Tensor]

    @property
    def rows(self) -> int:
        """Length of their axis 0."""
        return len(next(iter(self.tensors.values())))

    def times(self, count: int) -> Mapping[str, Tensor]:
        """So many of them as one."""
        return {name: np.concatenate([tensor] * count) for name, tensor in self.tensors.items()}


def requests(names: list[str]) -> list[Request]:
    """Of every network, or of some; noise, which costs networks as much as anything else."""
    chance = np.random.default_rng(0)
    return [
        Request(name, {tensor: chance.standard_normal(shape, np.float32) for tensor, shape in shapes.items()})
        for name, shapes in _SHAPES.items()
        if not names or name in names
    ]
