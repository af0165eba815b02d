from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from image_svc.build import build_cues
from image_svc.cues.frequency import FREQUENCY
from image_svc.cues.handcrafted import Handcrafted, Measured
from image_svc.cues.noise_residual import NOISE_RESIDUAL
from image_svc.fitted import read_fitted
from kit.errors import ModelInvalid
from kit.models.registry import Registry
from tests.support.image import a_face, noisy_picture

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_models_make_every_cue() -> None:
    cues = build_cues(Registry(MODELS), 1)
    assert [cue.name for cue in cues] == ["face_spatial", "frequency", "noise_residual"]
    assert [cue.model.card.name for cue in cues] == [cue.name for cue in cues]


def test_without_the_learned_model_there_is_no_detector(tmp_path: Path) -> None:
    for name in ("frequency", "noise_residual"):
        shutil.copytree(MODELS / name, tmp_path / name)
    with pytest.raises(ModelInvalid, match="no model face_spatial"):
        build_cues(Registry(tmp_path), 1)


@pytest.mark.parametrize("craft", [FREQUENCY, NOISE_RESIDUAL], ids=lambda craft: craft.name)
def test_shipped_parameters_fit_the_features_that_are_measured(craft: Handcrafted) -> None:
    measured = craft.measure(noisy_picture(), [a_face()])
    assert isinstance(measured, Measured)
    test = read_fitted(Registry(MODELS).load(craft.name))
    assert test.weights.shape == measured.features.shape
