from __future__ import annotations

import numpy as np
import pytest

from kit.media.spans import Span
from kit.media.video import Crops
from kit.vision.clips import (
    CLIP_FRAMES,
    CLIP_HOP_S,
    CLIP_RATE_FPS,
    CLIP_S,
    CLIP_SCALE,
    CLIP_SIDE_PX,
    MIN_DIFFERENT_FRAMES,
    ClipRequest,
    clip_requests,
    face_clips,
)
from kit.vision.paths import FacePath
from tests.support.temporal import a_path


def crops(request: ClipRequest, *, frame_rate_fps: float = 25, count: int | None = None, late_s: float = 0) -> Crops:
    """What a video of some rate gives for a request: the nearest frames, grey, the first `count` of them."""
    times_s = np.rint(request.crops.times_s * frame_rate_fps)[:count] / frame_rate_fps + late_s
    pixels = np.full((len(times_s), CLIP_SIDE_PX, CLIP_SIDE_PX, 3), 128, dtype=np.uint8)
    return Crops(times_s, np.arange(len(times_s)), request.crops.squares_px[:count], pixels)


def starts(path: FacePath, *examined: Span) -> list[float]:
    clips = [clip for request in clip_requests([path], examined) for clip in face_clips(request, crops(request))]
    return [round(clip.start_s, 3) for clip in clips]


def test_clips_of_even_length_start_at_every_hop_while_the_face_is_there() -> None:
    assert starts(a_path(0, 4), Span(0, 4)) == [0, 0.64, 1.28, 1.92, 2.56]


def test_stretches_that_touch_are_one() -> None:
    whole = starts(a_path(0, 4), Span(0, 1.28), Span(1.28, 2.56), Span(2.56, 3.84))
    assert whole == [0, 0.64, 1.28, 1.92, 2.56]


def test_a_stretch_that_lost_a_microsecond_by_rounding_still_holds_a_clip() -> None:
    assert starts(a_path(0, 10), Span(2.000001, 3.28)) == [2.0]


def test_no_clip_reaches_over_what_was_not_examined() -> None:
    assert starts(a_path(0, 10), Span(1, 2.28), Span(5, 6.28)) == [1, 5]


def test_no_clip_reaches_over_a_gap_of_the_track() -> None:
    first, second = a_path(0, 2), a_path(3, 5)
    path = FacePath(
        0,
        np.concatenate([first.times_s, second.times_s]),
        np.concatenate([first.boxes_px, second.boxes_px]),
        np.concatenate([first.landmarks_px, second.landmarks_px]),
    )
    assert [start for start in starts(path, Span(0, 5)) if start + CLIP_S > 2 and start < 3] == []


def test_a_short_track_gives_one_clip_over_all_of_it() -> None:
    (request,) = clip_requests([a_path(0, 0.9)], [Span(0, 0.88)])
    (clip,) = face_clips(request, crops(request))
    assert clip.start_s == 0
    assert clip.end_s == pytest.approx(0.88)
    assert len(clip.times_s) == CLIP_FRAMES
    assert np.unique(np.diff(request.crops.times_s).round(6)).size == 1


def test_a_track_below_half_a_clip_gives_none() -> None:
    assert clip_requests([a_path(0, 0.5)], [Span(0, CLIP_HOP_S - 0.1)]) == []


def test_a_slow_video_repeats_frames_but_a_clip_needs_some_movement() -> None:
    (request,) = clip_requests([a_path(0, 1.3)], [Span(0, CLIP_S)])
    (clip,) = face_clips(request, crops(request, frame_rate_fps=6))
    assert MIN_DIFFERENT_FRAMES <= np.unique(clip.times_s).size < CLIP_FRAMES
    assert face_clips(request, crops(request, frame_rate_fps=3)) == []


def test_a_file_that_ends_early_gives_the_clips_before_its_end() -> None:
    (request,) = clip_requests([a_path(0, 4)], [Span(0, 4)])
    clips = face_clips(request, crops(request, count=30))
    assert [round(clip.start_s, 3) for clip in clips] == [0, 0.64]


def test_the_square_is_wider_than_the_face_by_the_scale_and_keeps_its_size() -> None:
    (request,) = clip_requests([a_path(0, 3, side_px=80, speed_px_s=30)], [Span(0, 3)])
    squares = request.crops.squares_px
    assert np.allclose(squares[:, 2:] - squares[:, :2], CLIP_SCALE * 80)
    assert np.allclose(np.diff(squares[5:-5, 0]), 30 / CLIP_RATE_FPS, atol=1e-3)


def test_face_and_landmarks_are_told_in_pixels_of_the_clip() -> None:
    (request,) = clip_requests([a_path(0, 3, side_px=80)], [Span(0, 3)])
    clip, *_ = face_clips(request, crops(request))
    margin, middle = CLIP_SIDE_PX * (1 - 1 / CLIP_SCALE) / 2, CLIP_SIDE_PX / 2
    assert np.allclose(clip.boxes, [margin, margin, CLIP_SIDE_PX - margin, CLIP_SIDE_PX - margin], atol=0.01)
    assert np.allclose(clip.landmarks, middle, atol=0.01)
    assert clip.face_px == pytest.approx(80)
    assert clip.boxes.dtype == clip.landmarks.dtype == np.float32


def test_crops_that_are_missing_cost_only_the_clips_that_need_them() -> None:
    (request,) = clip_requests([a_path(0, 4)], [Span(0, 4)])
    whole = crops(request)
    kept = np.delete(np.arange(len(whole.times_s)), 10)
    holed = Crops(whole.times_s[kept], whole.asked[kept], whole.squares_px[kept], whole.pixels[kept])
    assert [round(clip.start_s, 3) for clip in face_clips(request, holed)] == [1.28, 1.92, 2.56]


def test_a_frame_beside_the_wanted_moment_shows_the_face_where_it_is_in_that_frame() -> None:
    (request,) = clip_requests([a_path(0, 1.3, speed_px_s=100)], [Span(0, CLIP_S)])
    late, on_time = (face_clips(request, crops(request, late_s=late_s))[0] for late_s in (0.02, 0.0))
    assert late.boxes[8, 0] - on_time.boxes[8, 0] == pytest.approx(2 * CLIP_SIDE_PX / (CLIP_SCALE * 100), abs=0.01)


def test_a_long_track_is_decoded_in_pieces_without_losing_or_doubling_a_clip() -> None:
    requests = clip_requests([a_path(0, 60)], [Span(0, 60)])
    assert max(len(request.crops.times_s) for request in requests) <= 72
    found = starts(a_path(0, 60), Span(0, 60))
    assert np.allclose(np.diff(found), CLIP_HOP_S)
    assert found[-1] > 60 - CLIP_S - CLIP_HOP_S


def test_people_come_in_order_of_time() -> None:
    paths = [a_path(0, 20, track_id=0), a_path(3, 9, track_id=1)]
    times_s = [request.crops.times_s[0] for request in clip_requests(paths, [Span(0, 20)])]
    assert times_s == sorted(times_s)
