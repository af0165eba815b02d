from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from av_sync_svc.build import build_bundle, build_cues, build_detector
from av_sync_svc.settings import AvSyncSettings
from kit.errors import ModelInvalid
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.models.registry import Registry
from kit.serving.networks import Networks

MODELS = Path(__file__).parents[3] / "models"


def test_the_shipped_models_make_a_detector() -> None:
    detector = build_detector(AvSyncSettings(), Sandbox(SandboxSettings(), ()), Registry(MODELS))
    names = [model.card.name for model in detector.models]
    assert names == ["face_finder", "voice_activity", "face_landmarks", "voice_spoof", "lip_sync", "av_coherence"]
    detector.warm_up()


def test_no_shipped_test_speaks_the_wrong_way_round_or_not_at_all() -> None:
    for cue in build_cues(Registry(MODELS), Networks()).all:
        assert cue.model.card.name == cue.name
        assert cue.model.card.postprocessing.calibration.slope > 0, cue.name


def test_without_the_face_finder_there_is_no_detector(tmp_path: Path) -> None:
    with pytest.raises(ModelInvalid, match="no model face_finder"):
        build_detector(AvSyncSettings(), Sandbox(SandboxSettings(), ()), Registry(tmp_path))


def test_what_was_swapped_out_is_freed_without_a_search_for_cycles() -> None:
    gc.disable()
    try:
        bundle = build_bundle(AvSyncSettings(), Sandbox(SandboxSettings(), ()), Registry(MODELS))
        bundle.detector.warm_up()
        detector = weakref.ref(bundle.detector)
        bundle.close()
        del bundle
        assert detector() is None
    finally:
        gc.enable()
