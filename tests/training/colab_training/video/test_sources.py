"""Clips are cut from real files, and from what was made of them, with the labels that belong to them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.clip_set import RECORDED, REENCODED, Found
from colab_training.video.fakes import KINDS
from colab_training.video.manifest import Clip
from colab_training.video.sources import Reader, footage_of, made_clips, recorded_clips
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.video import PRELOAD
from tests.support.image import FixedFinder, a_face, noisy_picture
from tests.support.moving import video_of
from tests.training.colab_training.video.made_up import a_file, footage

FRAMES = 40
REAL, FAKE = a_file("grid_s1"), a_file("float", fake=True)


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    folder = tmp_path_factory.mktemp("av")
    for clip in (REAL, FAKE):
        (folder / clip.file).parent.mkdir()
        (folder / clip.file).write_bytes(video_of(noisy_picture(), FRAMES))
    with Sandbox.start(SandboxSettings(max_children=1), PRELOAD) as sandbox:
        yield Reader(folder, sandbox, FixedFinder([a_face(side=100)]))


@pytest.fixture(scope="module")
def made(reader: Reader) -> list[Found]:
    own, donor = (footage(seed, frames=FRAMES, side_px=128) for seed in (0, 1))
    return list(made_clips(reader, REAL, own, donor, 2, 1, seed=7))


@pytest.mark.parametrize("clip", [REAL, FAKE])
def test_recorded_clips_carry_the_label_of_their_file(reader: Reader, clip: Clip) -> None:
    ((tag, face),) = recorded_clips(reader, clip)
    assert (tag.file, tag.fake, tag.made, tag.variant) == (clip.file, clip is FAKE, RECORDED, 0)
    assert face.pixels.shape == (16, 128, 128, 3)
    assert tag.face_px == pytest.approx(100, abs=2)


def test_a_file_without_a_face_gives_nothing(reader: Reader) -> None:
    blind = Reader(reader.folder, reader.sandbox, FixedFinder([]))
    assert recorded_clips(blind, REAL) == []
    assert footage_of(blind, REAL) is None


def test_footage_is_every_picture_with_the_face_in_it(reader: Reader) -> None:
    found = footage_of(reader, REAL)
    assert found is not None
    assert found.pixels.shape == (FRAMES, 256, 256, 3)
    assert (found.rate_fps, found.source) == (25, "grid_s1")
    np.testing.assert_allclose(found.boxes[FRAMES // 2], a_face(side=100).box_px, atol=2)


def test_of_a_real_clip_originals_and_fakes_are_made(made: list[Found]) -> None:
    assert [(tag.fake, tag.variant) for tag, _ in made] == [(False, 1), (True, 2), (True, 3)]
    assert made[0][0].made == REENCODED
    assert {tag.made for tag, _ in made[1:]} < set(KINDS)
    assert {(tag.file, tag.source, tag.split) for tag, _ in made} == {(REAL.file, "grid_s1", "train")}


def test_the_same_seed_makes_the_same_clips(reader: Reader, made: list[Found]) -> None:
    own, donor = (footage(seed, frames=FRAMES, side_px=128) for seed in (0, 1))
    again = list(made_clips(reader, REAL, own, donor, 2, 1, seed=7))
    assert [tag for tag, _ in again] == [tag for tag, _ in made]
    np.testing.assert_array_equal(again[2][1].pixels, made[2][1].pixels)
