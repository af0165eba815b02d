from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from kit.errors import Cancelled
from kit.media import video
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.media.spans import Span
from kit.vision.clips import CLIP_SIDE_PX, MAX_PEOPLE, FaceClip, read_clips
from kit.vision.paths import FacePath
from tests.support.temporal import LOOK_S, a_path
from tests.support.video_factory import Recipe, number_in, steady
from tests.support.video_factory import video as made_video

SIDE_PX = 96
WHOLE = [Span(0, 4)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(max_children=1), video.PRELOAD) as started:
        yield started


def a_video(rate_fps: float = 25) -> MediaFile:
    """Four seconds of numbered pictures of 96 x 96 px."""
    return MediaFile.from_bytes(made_video(Recipe(steady(round(4 * rate_fps), rate_fps), size_px=(SIDE_PX, SIDE_PX))))


def in_the_middle(track_id: int = 0) -> FacePath:
    """A face whose square is the whole picture."""
    times_s = np.arange(0, 4, LOOK_S)
    box = np.asarray([18, 18, 78, 78], dtype=np.float32)
    landmarks = np.full((len(times_s), 5, 2), 48, dtype=np.float32)
    return FacePath(track_id, times_s, np.tile(box, (len(times_s), 1)), landmarks)


def read(sandbox: Sandbox, media: MediaFile, paths: list[FacePath]) -> list[FaceClip]:
    return list(read_clips(sandbox, media, MediaLimits(), paths, WHOLE))


def test_clips_show_the_frames_of_their_times(sandbox: Sandbox) -> None:
    clips = read(sandbox, a_video(), [in_the_middle()])
    assert [round(clip.start_s, 2) for clip in clips] == [0, 0.64, 1.28, 1.92, 2.56]
    for clip in clips:
        assert clip.pixels.shape == (16, CLIP_SIDE_PX, CLIP_SIDE_PX, 3)
        assert [number_in(picture) for picture in clip.pixels] == [round(time_s * 25) for time_s in clip.times_s]
        assert np.abs(clip.times_s - (clip.start_s + np.arange(16) / 12.5)).max() < 0.021


def test_a_slow_video_repeats_its_frames(sandbox: Sandbox) -> None:
    clip, *_ = read(sandbox, a_video(rate_fps=6), [in_the_middle()])
    numbers = [number_in(picture) for picture in clip.pixels]
    assert numbers == sorted(numbers)
    assert 6 <= len(set(numbers)) <= 9


def test_one_frame_a_second_makes_no_clip(sandbox: Sandbox) -> None:
    assert read(sandbox, a_video(rate_fps=1), [in_the_middle()]) == []


def test_only_the_people_with_most_to_see_are_cut_out(sandbox: Sandbox) -> None:
    clips = read(sandbox, a_video(), [in_the_middle(number) for number in range(MAX_PEOPLE + 2)])
    assert {clip.track_id for clip in clips} == set(range(MAX_PEOPLE))


def test_a_face_that_is_nowhere_is_not_read(sandbox: Sandbox) -> None:
    assert read(sandbox, MediaFile.from_bytes(b"no video at all"), []) == []


def test_a_cancelled_read_ends(sandbox: Sandbox) -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(read_clips(sandbox, a_video(), MediaLimits(), [a_path()], WHOLE, cancel=cancel))
