from __future__ import annotations

import numpy as np
import pytest

from kit.media.facts import Survey, VideoFacts
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.shots import shots_of
from kit.media.spans import Span
from kit.media.video import survey_video
from tests.support import video_factory
from tests.support.video_factory import Recipe, steady


def survey(times_s: list[float], shades: list[int], duration_s: float = 20.0) -> Survey:
    facts = VideoFacts(640, 360, duration_s, 250, 25.0, False, 0, "h264", False, False)
    thumbnails = np.stack([np.full((36, 64, 3), shade, np.uint8) for shade in shades])
    return Survey(facts, tuple(times_s), np.array(times_s), thumbnails)


def test_a_change_of_colours_is_a_cut() -> None:
    assert shots_of(survey([0, 5, 10, 15], [20, 22, 200, 198])) == [Span(0.0, 10.0), Span(10.0, 20.0)]


def test_one_scene_is_one_shot() -> None:
    assert shots_of(survey([0, 5, 10], [80, 81, 82])) == [Span(0.0, 20.0)]


def test_one_thumbnail_is_one_shot() -> None:
    assert shots_of(survey([0.0], [80], duration_s=0.04)) == [Span(0.0, 0.04)]


def test_flashes_make_no_shots_of_their_own() -> None:
    assert shots_of(survey([0, 5, 5.2, 10], [20, 200, 20, 20])) == [Span(0.0, 5.0), Span(5.0, 20.0)]


def test_a_cut_is_found_where_the_encoder_put_its_key_frame(sandbox: Sandbox) -> None:
    shades = (40,) * 40 + (220,) * 60
    with MediaFile.from_bytes(
        video_factory.video(Recipe(steady(100, 25), key_every=20, options={"sc_threshold": "0"}, shades=shades))
    ) as media:
        shots = shots_of(survey_video(sandbox, media, MediaLimits()))
    assert [shot.start_s for shot in shots] == [0.0, pytest.approx(1.6)]
