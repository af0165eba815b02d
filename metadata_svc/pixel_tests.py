"""The cues that look at a still picture's own coefficients, with their models."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kit.models.card import LoadedModel
from metadata_svc.cues import jpeg_history, region_consistency
from metadata_svc.facts import Facts
from metadata_svc.history import model, region_model
from metadata_svc.history.pixels import Pixels
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2

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

    def facts(self, pixels: Pixels) -> facts_pb2.MetadataFacts:
        """What was measured, as far as it could be."""
        return facts_pb2.MetadataFacts(jpeg_history=jpeg_history.read(pixels, self.history))


def load_pixel_tests(models: Sequence[LoadedModel]) -> PixelTests:
    """The tests of two models, in the order of MODEL_NAMES. Raises ModelInvalid."""
    history, regions = models
    return PixelTests(model.load_history(history), region_model.load_regions(regions))
