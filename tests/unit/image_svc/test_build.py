from __future__ import annotations

import gc
import shutil
import weakref
from pathlib import Path

import pytest

from image_svc.build import build_bundle, build_cues
from image_svc.cues.frequency import measure
from image_svc.cues.gates import Refusal
from image_svc.settings import ImageSettings
from kit.errors import ModelInvalid
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.fitted import read_fitted
from kit.models.registry import Registry
from kit.serving.networks import Networks
from tests.support.image import a_face, noisy_picture

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_models_make_every_cue() -> None:
    cues = build_cues(Registry(MODELS), Networks()).all
    assert [cue.name for cue in cues] == ["face_spatial", "frequency", "noise_residual", "whole_picture"]
    assert [cue.model.card.name for cue in cues] == [cue.name for cue in cues]


def test_without_the_learned_model_there_is_no_detector(tmp_path: Path) -> None:
    for name in ("frequency", "noise_residual", "whole_picture"):
        shutil.copytree(MODELS / name, tmp_path / name)
    with pytest.raises(ModelInvalid, match="no model face_spatial"):
        build_cues(Registry(tmp_path), Networks())


def test_shipped_parameters_fit_the_features_that_are_measured() -> None:
    measured = measure(noisy_picture(), [a_face()])
    assert not isinstance(measured, Refusal)
    assert read_fitted(Registry(MODELS).load("frequency")).weights.shape == measured.features.shape


def test_what_was_swapped_out_is_freed_without_a_search_for_cycles() -> None:
    gc.disable()
    try:
        bundle = build_bundle(ImageSettings(), Sandbox(SandboxSettings(), ()), Registry(MODELS))
        bundle.detector.warm_up()
        detector = weakref.ref(bundle.detector.stills)
        bundle.close()
        del bundle
        assert detector() is None
    finally:
        gc.enable()
