from __future__ import annotations

from pathlib import Path

import pytest

from av_sync_svc.build import build_cues, build_detector
from av_sync_svc.settings import AvSyncSettings
from kit.errors import ModelInvalid
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_models_make_a_detector() -> None:
    detector = build_detector(AvSyncSettings(models=MODELS), Sandbox(SandboxSettings(), ()))
    names = [model.card.name for model in detector.models]
    assert names == ["face_finder", "voice_activity", "face_landmarks", "voice_spoof", "lip_sync", "av_coherence"]
    detector.warm_up()


def test_no_shipped_test_speaks_the_wrong_way_round_or_not_at_all() -> None:
    for cue in build_cues(Registry(MODELS), 1).all:
        assert cue.model.card.name == cue.name
        assert cue.model.card.postprocessing.calibration.slope > 0, cue.name


def test_without_the_face_finder_there_is_no_detector(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="no model face_finder"):
        build_detector(AvSyncSettings(models=tmp_path), Sandbox(SandboxSettings(), ()))
