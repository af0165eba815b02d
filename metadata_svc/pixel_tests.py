"""The cues that look at a still picture's own coefficients, with their models."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kit.models.registry import Registry
from metadata_svc.cues import jpeg_history, region_consistency
from metadata_svc.facts import Facts
from metadata_svc.history import model, region_model
from metadata_svc.history.pixels import Pixels
from telltale.common.v1 import evidence_pb2

MODEL_NAMES = (model.MODEL_NAME, region_model.MODEL_NAME)


@dataclass(frozen=True)
class PixelTests:
    """Thread-safe."""

    history: model.HistoryModel
    regions: region_model.RegionModel

    def cues(self, facts: Facts, pixels: Pixels) -> tuple[Callable[[], evidence_pb2.Evidence], ...]:
        """One call per cue. What both need is measured by the first."""
        return (
            lambda: jpeg_history.examine(facts, pixels, self.history),
            lambda: region_consistency.examine(facts, pixels, self.regions),
        )


def load_pixel_tests(registry: Registry) -> PixelTests:
    """The newest models of a registry. Raises ModelInvalid."""
    history, regions = (registry.load(name) for name in MODEL_NAMES)
    return PixelTests(model.load_history(history), region_model.load_regions(regions))
