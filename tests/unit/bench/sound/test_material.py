"""Media to measure with are as long as was asked for and have sound throughout."""

from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from bench.sound.material import RATE_HZ, Talk
from tests.support import sound_factory
from tests.support.sound_factory import clicks
from tests.support.video_factory import Recipe, steady, video


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    clip: Path = tmp_path_factory.mktemp("clips") / "talk.mp4"
    clip.write_bytes(sound_factory.talk(sound_factory.Talk(clicks([0.5], 1.0), duration_s=1.0)))
    return Talk.of(clip)


def test_a_recording_says_the_same_again_and_again(talk: Talk) -> None:
    period, samples = len(talk.speech), talk.samples(3.5)
    assert len(samples) == 3.5 * RATE_HZ
    np.testing.assert_array_equal(samples[period : 2 * period], samples[:period])
    with av.open(io.BytesIO(talk.recording(3.5))) as container:
        assert container.duration / av.time_base == pytest.approx(3.5)


@pytest.mark.parametrize("length_s", [2.0, 12.0])
def test_a_video_has_pictures_and_sound_of_the_same_length(talk: Talk, length_s: float) -> None:
    with av.open(io.BytesIO(talk.video(length_s))) as container:
        pictures, sound = container.streams.video[0], container.streams.audio[0]
        assert (pictures.width, pictures.height) == (1280, 720)
        for stream in (pictures, sound):
            assert float(stream.duration * stream.time_base) == pytest.approx(length_s, abs=0.1)


def test_a_clip_without_sound_is_refused(tmp_path: Path) -> None:
    (tmp_path / "silent.mp4").write_bytes(video(Recipe(steady(25, 25))))
    with pytest.raises(ValueError, match="has no sound"):
        Talk.of(tmp_path / "silent.mp4")
