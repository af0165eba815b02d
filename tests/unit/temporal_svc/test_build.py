from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import ModelInvalid
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from temporal_svc.build import build_cues, build_detector
from temporal_svc.settings import TemporalSettings

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_models_make_a_detector() -> None:
    settings = TemporalSettings(models=MODELS)
    detector = build_detector(settings, Sandbox(SandboxSettings(), ()))
    names = [model.card.name for model in detector.models]
    assert names == ["face_finder", "face_motion", "flow_consistency", "face_drift", "blending_flicker"]
    detector.warm_up()


def test_no_shipped_test_speaks_the_wrong_way_round_or_not_at_all() -> None:
    for cue in build_cues(Registry(MODELS), 1):
        assert cue.model.card.postprocessing.calibration.slope > 0, cue.name


def test_without_the_face_finder_there_is_no_detector(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="no model face_finder"):
        build_detector(TemporalSettings(models=tmp_path), Sandbox(SandboxSettings(), ()))
