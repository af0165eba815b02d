"""Small files that claim much cost little, whatever becomes of them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from kit.errors import MediaTooLong
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.image import decode_image
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from kit.media.sound import Span, read_sound
from kit.media.video import read_frames, survey_video
from telltale.common.v1 import media_pb2
from tests.support.bombs import BOMBS, video_of_many

LIMITS = MediaLimits()
SPANS = [Span(0.0, 0.5)]


@pytest.fixture(scope="module")
def narrow() -> Iterator[Sandbox]:
    """A sandbox whose children get a quarter of a gigabyte."""
    limits = ChildLimits(wall_s=10, cpu_s=5, memory_bytes=2**28)
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)
    with Sandbox.start(SandboxSettings(limits=limits), preload) as started:
        yield started


def look(sandbox: Sandbox, media: MediaFile) -> media_pb2.MediaInfo:
    """What the gateway asks of an upload, and what a detector reads first. Raises TelltaleError."""
    info = probe(sandbox, media, LIMITS, None)
    if info.kind == media_pb2.MEDIA_KIND_IMAGE:
        decode_image(sandbox, media, LIMITS)
    elif info.kind == media_pb2.MEDIA_KIND_VIDEO:
        survey_video(sandbox, media, LIMITS)
        list(read_frames(sandbox, media, LIMITS, SPANS, rate_fps=5, max_side_px=64))
    else:
        list(read_sound(sandbox, media, LIMITS, SPANS))
    return info


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_or_harmless(narrow: Sandbox, name: str) -> None:
    make, refusals = BOMBS[name]
    began_s = time.monotonic()
    with MediaFile.from_bytes(make()) as media:
        if refusals:
            with pytest.raises(refusals):
                look(narrow, media)
        else:
            assert look(narrow, media).size_bytes == media.size_bytes
    assert time.monotonic() - began_s < 15


def test_a_recording_is_as_long_as_its_sound_not_as_its_header_says(narrow: Sandbox) -> None:
    for name in ("mp3 that claims a year", "flac that claims a month"):
        with MediaFile.from_bytes(BOMBS[name][0]()) as media:
            assert probe(narrow, media, LIMITS, None).duration.ToTimedelta().total_seconds() < 2


def test_frames_are_counted_no_further_than_allowed(narrow: Sandbox) -> None:
    with MediaFile.from_bytes(video_of_many()) as media:
        with pytest.raises(MediaTooLong, match="more than 4000 pictures"):
            probe(narrow, media, MediaLimits(max_video_frames=4_000), None)
        assert look(narrow, media).frame_count == 5_000
