"""What every test of a still picture offers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from kit.models.card import LoadedModel
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2


class Cue(Protocol):
    """One physical, statistical or learned test."""

    @property
    def name(self) -> str:
        """Stable snake_case name of the test, as it stands in its evidence."""
        ...

    @property
    def model(self) -> LoadedModel:
        """The model behind the test."""
        ...

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        """A finding or an abstention for an (H, W, 3) RGB picture and its faces, largest first. Thread-safe."""
        ...
