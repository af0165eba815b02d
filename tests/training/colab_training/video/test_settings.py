"""Configurations of both sizes are read, and wrong ones are refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from colab_training.video.settings import load_video_settings
from kit.vision.clips import CLIP_FRAMES, CLIP_RATE_FPS

CONFIGS = Path(__file__).parents[4] / "colab_training" / "configs"
NAMES = ("face_motion", "face_drift", "flow_consistency", "blending_flicker")


@pytest.mark.parametrize("folder", [CONFIGS, CONFIGS / "smoke"], ids=["full", "smoke"])
@pytest.mark.parametrize("name", NAMES)
def test_a_configuration_is_of_its_name_and_of_the_clips_that_are_cut(name: str, folder: Path) -> None:
    settings = load_video_settings(folder / f"{name}.toml")
    assert settings.name == name
    assert (settings.training is None) == (settings.strength is not None)
    assert (settings.preprocessing().frames, settings.preprocessing().rate_fps) == (CLIP_FRAMES, CLIP_RATE_FPS)


@pytest.mark.parametrize("folder", [CONFIGS, CONFIGS / "smoke"], ids=["full", "smoke"])
def test_all_tests_are_left_out_by_the_same_folds(folder: Path) -> None:
    # Evidence on a clip of split train comes from one fold of all four.
    assert len({str(load_video_settings(folder / f"{name}.toml").folds) for name in NAMES}) == 1


def test_an_unknown_line_is_refused(tmp_path: Path) -> None:
    text = (CONFIGS / "face_motion.toml").read_text(encoding="utf-8")
    (tmp_path / "wrong.toml").write_text(f"surplus = 1\n{text}", encoding="utf-8")
    with pytest.raises(ValidationError, match="surplus"):
        load_video_settings(tmp_path / "wrong.toml")
