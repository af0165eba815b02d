from __future__ import annotations

import pytest

from kit.errors import InvalidSettings
from kit.media.limits import MediaLimits
from kit.media.settings import DetectorSettings, VideoDetectorSettings
from kit.settings import load, settings_config


class FilmSettings(VideoDetectorSettings):
    model_config = settings_config("TELLTALE_FILM_")


def test_unless_told_otherwise_a_detector_has_the_kit_s_limits() -> None:
    assert VideoDetectorSettings().limits == MediaLimits()


def test_every_limit_of_a_video_can_be_set() -> None:
    limits = VideoDetectorSettings(max_bytes=5, max_pixels=6, max_side_px=7, max_s=8).limits
    assert (limits.max_bytes, limits.max_video_pixels, limits.max_side_px) == (5, 6, 7)
    assert limits.max_video_s == limits.max_audio_s == 8


def test_the_sandbox_follows_the_settings() -> None:
    sandbox = DetectorSettings(max_decoders=3, decoder_wait_s=1.5, sandbox_required=True).sandbox
    assert (sandbox.max_children, sandbox.queue_wait_s, sandbox.require) == (3, 1.5, True)


def test_a_service_reads_them_under_its_own_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELLTALE_FILM_MAX_S", "60")
    monkeypatch.setenv("TELLTALE_FILM_MAX_DECODERS", "0")
    with pytest.raises(InvalidSettings, match="TELLTALE_FILM_MAX_DECODERS"):
        load(FilmSettings)
    monkeypatch.setenv("TELLTALE_FILM_MAX_DECODERS", "1")
    assert load(FilmSettings).max_s == 60
