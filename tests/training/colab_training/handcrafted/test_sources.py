"""Which pictures teach the hand-crafted cues."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import cv2
import numpy as np

from colab_training.handcrafted.sources import FRAMES, labelled_pictures

STILLS = """file,label,kind,split,group,native_face_width_px
{rows}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        f"{source}/{n}.jpg,{('real', 'fake')[n % 2]},k,train,,"
        for source in ("swap_dfdc", "gan_genphotos")
        for n in range(100)
    ]
    (tmp_path / "faces").mkdir()
    (tmp_path / "av" / "real").mkdir(parents=True)
    (tmp_path / "faces" / "manifest.csv").write_text(STILLS.format(rows="\n".join(rows)))
    (tmp_path / "av" / "manifest.csv").write_text(
        "file,label,kind,source,has_audio,split\nreal/a.mp4,real,news,s,1,train\nreal/b.mp4,real,news,s,1,val\n"
    )
    return tmp_path


def test_no_more_than_the_most_of_each_class_are_fitted_on(data: Path) -> None:
    taught = [p.sample for p in labelled_pictures(data, 10) if p.sample.part == "fit"]
    assert sorted(sample.fake for sample in taught) == [False] * 10 + [True] * 10
    assert {sample.source for sample in taught} == {"swap_dfdc"}


def test_all_held_out_pictures_are_measured(data: Path) -> None:
    few, many = (labelled_pictures(data, most) for most in (1, 1000))
    held = [[p.sample.file for p in chosen if p.sample.part != "fit"] for chosen in (few, many)]
    assert held[0] == held[1]
    assert any(file.startswith("gan_genphotos") for file in held[0])


def test_clips_calibrate_or_measure_but_never_teach(data: Path) -> None:
    clips = [p.sample for p in labelled_pictures(data, 10) if p.sample.source == FRAMES]
    assert [sample.part for sample in clips] == ["calibration", "val"]


def test_a_clip_without_enough_frames_is_reported(data: Path) -> None:
    (clip,) = (p for p in labelled_pictures(data, 1) if p.path.name == "a.mp4")
    with pytest.raises(ValueError, match=r"a\.mp4 has no frame"):
        clip.read()


def test_stills_are_read_as_rgb(data: Path) -> None:
    picture = next(p for p in labelled_pictures(data, 10) if p.sample.source == "swap_dfdc")
    picture.path.parent.mkdir()
    cv2.imwrite(str(picture.path), np.full((8, 8, 3), (255, 0, 0), dtype=np.uint8))
    assert picture.read()[0, 0, 2] > 200
