"""Which pictures teach the frequency test, and what is measured on them."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

from pathlib import Path

import cv2
import numpy as np

from colab_training.frequency.examples import measured
from colab_training.frequency.sources import FRAMES, clips, found_in, stills
from colab_training.pictures import FoundFace
from tests.support.image import FixedFinder, a_face, noisy_picture

TAUGHT = ("swap_dfdc",)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    rows = [
        f"{source}/{n}.jpg,{('real', 'fake')[n % 2]},k,train,,"
        for source in ("swap_dfdc", "gan_genphotos")
        for n in range(100)
    ]
    (tmp_path / "faces").mkdir()
    (tmp_path / "av" / "real").mkdir(parents=True)
    (tmp_path / "faces" / "manifest.csv").write_text(
        "\n".join(["file,label,kind,split,group,native_face_width_px", *rows])
    )
    (tmp_path / "av" / "manifest.csv").write_text(
        "file,label,kind,source,has_audio,split\nreal/a.mp4,real,news,s,1,train\nreal/b.mp4,real,news,s,1,val\n"
    )
    return tmp_path


def test_no_more_than_the_most_of_each_class_are_fitted_on(data: Path) -> None:
    taught = [p.sample for p in stills(data / "faces", TAUGHT, 10) if p.sample.part == "fit"]
    assert sorted(sample.fake for sample in taught) == [False] * 10 + [True] * 10
    assert {sample.source for sample in taught} == {"swap_dfdc"}


def test_all_held_out_pictures_are_measured(data: Path) -> None:
    few, many = (stills(data / "faces", TAUGHT, most) for most in (1, 1000))
    held = [[p.sample.file for p in chosen if p.sample.part != "fit"] for chosen in (few, many)]
    assert held[0] == held[1]
    assert any(file.startswith("gan_genphotos") for file in held[0])


def test_clips_calibrate_or_measure_but_never_teach(data: Path) -> None:
    samples = [p.sample for p in clips(data / "av")]
    assert [(sample.source, sample.part) for sample in samples] == [(FRAMES, "calibration"), (FRAMES, "val")]


def test_without_clips_there_are_stills_alone(data: Path) -> None:
    assert clips(data / "nothing") == []


def test_a_clip_without_enough_frames_is_reported(data: Path) -> None:
    with pytest.raises(ValueError, match=r"a\.mp4 has no frame"):
        clips(data / "av")[0].read()


def test_stills_are_read_as_rgb_and_their_faces_found(data: Path) -> None:
    picture = next(p for p in stills(data / "faces", TAUGHT, 10) if p.sample.source == "swap_dfdc")
    picture.path.parent.mkdir()
    cv2.imwrite(str(picture.path), np.full((8, 8, 3), (255, 0, 0), dtype=np.uint8))
    assert picture.read()[0, 0, 2] > 200
    assert found_in([picture], FixedFinder([a_face(side=90)]))[picture.sample.file].box_px == (64, 64, 154, 154)
    assert found_in([picture], FixedFinder([])) == {}


def test_the_face_moves_along_when_a_copy_was_resized() -> None:
    face = FoundFace(a_face().box_px, a_face().landmarks_px)
    half = np.ascontiguousarray(noisy_picture()[::2, ::2])
    as_filed = measured(half, FoundFace((32, 32, 96, 96), a_face().landmarks_px), 128)
    resized = measured(half, face, 256)
    assert as_filed is not None
    assert resized is not None
    assert np.array_equal(as_filed, resized)


def test_without_a_face_nothing_is_measured() -> None:
    assert measured(noisy_picture(), None, 256) is None
