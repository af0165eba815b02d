from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import protovalidate
import pytest

from image_svc.cues.whole_picture import WholePictureCue
from image_svc.patches import INPUT, LOGIT, RANGE
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2
from tests.support.image import compressed, noisy_picture

SIDE_PX = 64


class BrightIsGenerated:
    """A network that takes bright patches for generated and finds everything as strange as it is told."""

    def __init__(self, strangeness: float) -> None:
        self.strangeness = strangeness
        self.asked: list[Tensor] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        patches = inputs[INPUT]
        self.asked.append(patches)
        bright = patches.mean(axis=(1, 2, 3)) > 0
        return {LOGIT: np.where(bright, 4.0, -4.0), RANGE: np.full((len(patches), 5), self.strangeness)}


def cue(strangeness: float = 0.2, threshold: float = 1.0) -> WholePictureCue:
    card = card_pb2.ModelCard(name="whole_picture", version="1.0.0")
    card.postprocessing.operating_points.add(name="generated", threshold=threshold)
    card.postprocessing.calibration.CopyFrom(card_pb2.Calibration(slope=0.5, intercept=0.5, limit=2))
    card.image_preprocessing.CopyFrom(
        card_pb2.ImagePreprocessing(
            patches=card_pb2.NativePatches(count=9),
            height_px=SIDE_PX,
            width_px=SIDE_PX,
            interpolation=card_pb2.INTERPOLATION_AREA,
            colour_order=card_pb2.COLOUR_ORDER_RGB,
            mean=[0.5] * 3,
            std=[0.5] * 3,
        )
    )
    return WholePictureCue(BrightIsGenerated(strangeness), LoadedModel(card, "ab" * 32, Path("nowhere")))


def picture(light_rows: int) -> np.ndarray:
    """192 px, textured; the top `light_rows` are bright, the others dark."""
    pixels = noisy_picture(192, 192)
    pixels[:light_rows] += 40
    pixels[light_rows:] -= 40
    return pixels


def test_the_ratio_is_that_of_the_mean_over_the_patches_and_bounded_by_the_card() -> None:
    evidence = cue().examine(picture(128), [])
    protovalidate.validate(evidence)
    # Two rows of three at +4, one at -4: a mean of 4/3.
    assert evidence.finding.log_likelihood_ratio == pytest.approx(0.5 * 4 / 3 + 0.5)
    assert cue().examine(picture(192), []).finding.log_likelihood_ratio == 2
    assert evidence.finding.reason.code == "whole_picture_synthetic"
    assert dict(evidence.finding.reason.parameters) == {"patches": "9", "suspicious_patches": "6"}


def test_between_even_and_the_threshold_it_has_no_opinion() -> None:
    evidence = cue(threshold=1.2).examine(picture(128), [])
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE
    assert cue(threshold=1.1).examine(picture(128), []).HasField("finding")


def test_the_map_shows_which_patches_are_suspicious() -> None:
    shown = cue().examine(picture(128), []).finding.map
    rows = np.frombuffer(shown.values, np.uint8).reshape(shown.height, shown.width)
    assert rows.shape == (3, 3)
    assert rows[:2].min() > 200
    assert rows[2].max() < 60


def test_a_natural_picture_gets_no_map() -> None:
    finding = cue().examine(picture(0), []).finding
    assert finding.log_likelihood_ratio == -1.5
    assert finding.reason.code == "whole_picture_natural"
    assert not finding.HasField("map")


def test_flat_patches_are_not_asked_about_and_lower_the_quality() -> None:
    pixels = picture(192)
    pixels[128:] = 255
    tested = cue()
    finding = tested.examine(pixels, []).finding
    assert finding.reason.parameters["patches"] == "6"
    assert finding.quality == pytest.approx(6 / 9)


@pytest.mark.parametrize(
    ("pixels", "reason", "parameters"),
    [
        (
            noisy_picture(63, 300),
            evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL,
            {"width_px": "300", "height_px": "63", "needed_px": "64"},
        ),
        (
            np.full((192, 192, 3), 200, np.uint8),
            evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE,
            {"missing": "fine texture to test"},
        ),
    ],
    ids=["too small", "too flat"],
)
def test_a_picture_that_cannot_be_judged_is_not(
    pixels: np.ndarray, reason: evidence_pb2.AbstentionReason.ValueType, parameters: dict[str, str]
) -> None:
    evidence = cue().examine(pixels, [])
    protovalidate.validate(evidence)
    assert evidence.abstention.reason == reason
    assert dict(evidence.abstention.parameters) == parameters


def test_a_picture_compressed_too_much_is_not_judged() -> None:
    evidence = cue().examine(compressed(noisy_picture(192, 192, sigma=40), 5), [])
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED


def test_a_picture_unlike_those_of_the_fit_is_not_judged() -> None:
    evidence = cue(strangeness=1.4).examine(picture(192), [])
    assert evidence.abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert evidence.abstention.parameters["strangeness"] == "1.4"
