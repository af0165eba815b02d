"""Sets of clips are joined, chosen from, and kept on disk without losing anything."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("av", reason="the media library is not installed")

from colab_training.video.clip_set import joined, read_clips_file, write_clips
from tests.training.colab_training.video.made_up import a_tag, clips, noisy_clips

TAGS = [a_tag(name="a"), a_tag(fake=True, name="b"), a_tag("float", fake=True, name="c")]


def test_clips_that_were_written_are_read_back(tmp_path: Path) -> None:
    written = noisy_clips(TAGS)
    write_clips(written, tmp_path / "deep" / "clips.npz")
    read = read_clips_file(tmp_path / "deep" / "clips.npz")
    assert read.tags == TAGS
    for name in ("pixels", "boxes", "landmarks"):
        np.testing.assert_array_equal(getattr(read, name), getattr(written, name))
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["clips.npz"]


def test_joined_sets_follow_one_another() -> None:
    both = joined([clips(TAGS[:1]), clips(TAGS[1:])])
    assert both.tags == TAGS
    assert both.pixels[:, 0, 0, 0, 0].tolist() == [0, 0, 1]
    assert both.fake.tolist() == [False, True, True]


def test_inputs_are_joined_only_where_all_have_them() -> None:
    computed = clips(TAGS, np.arange(3.0)[:, None])
    both = joined([computed, computed])
    assert both.inputs is not None
    assert both.inputs.ravel().tolist() == [0, 1, 2, 0, 1, 2]
    assert joined([computed, clips(TAGS)]).inputs is None


def test_chosen_clips_keep_their_tags_pictures_and_inputs() -> None:
    chosen = clips(TAGS, np.arange(3.0)[:, None]).only([2, 0])
    assert chosen.tags == [TAGS[2], TAGS[0]]
    assert chosen.pixels[:, 0, 0, 0, 0].tolist() == [2, 0]
    assert chosen.inputs is not None
    assert chosen.inputs.ravel().tolist() == [2, 0]


def test_none_of_a_set_is_an_empty_set() -> None:
    assert len(clips(TAGS).only([])) == 0


def test_a_clip_of_a_set_is_as_services_see_it() -> None:
    tag = replace(TAGS[0], start_s=0.64, end_s=1.92)
    clip = noisy_clips([TAGS[1], tag]).clip(1)
    assert clip.pixels.shape == (16, 128, 128, 3)
    assert (clip.start_s, clip.end_s, clip.face_px) == (0.64, 1.92, 100.0)
    np.testing.assert_allclose(clip.times_s, 0.64 + np.arange(16) / 12.5)
