"""A small slice of mutation fuzzing: whatever is in the file, every way of looking at a video answers or names its fault.

`pytest tests/fuzz/media --mutants 500` makes a longer run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest

from kit.errors import (
    DecoderStopped,
    MediaTooLong,
    MediaTypeMismatch,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaKind,
    UnsupportedMediaType,
)
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from kit.media.video import CropPath, Span, read_crops, read_frames, survey_video
from telltale.common.v1 import media_pb2
from tests.support import video_factory
from tests.support.descriptors import child_pids, open_files
from tests.support.mutants import mutant
from tests.support.video_factory import Recipe, steady

ABOUT_THE_FILE = (
    DecoderStopped,
    MediaTooLong,
    MediaTypeMismatch,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaKind,
    UnsupportedMediaType,
)
MUTANTS = 14
LIMITS = MediaLimits(max_video_pixels=1_000_000)
SEEDS = {
    "mp4": Recipe(steady(40, 25), with_sound=True, key_every=10, container_options={"movflags": "faststart"}),
    "webm": Recipe(steady(40, 25), "libvpx-vp9", "webm", time_base=Fraction(1, 1000), key_every=10),
    "avi": Recipe(steady(40, 25), "mpeg4", "avi", time_base=Fraction(1, 25), key_every=10),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    limits = ChildLimits(wall_s=10, cpu_s=5, memory_bytes=2**30)
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)
    with Sandbox.start(SandboxSettings(limits=limits), preload) as started:
        yield started


def look(sandbox: Sandbox, media: MediaFile) -> None:
    """Everything that a service does with a video."""
    info = probe(sandbox, media, LIMITS, None)
    if info.kind != media_pb2.MEDIA_KIND_VIDEO:
        return
    facts = survey_video(sandbox, media, LIMITS).facts
    assert 0 < facts.duration_s <= LIMITS.max_video_s
    assert facts.frame_count >= 1
    path = CropPath(np.array([0.0, 0.4, 1.2]), np.tile([-4.0, 0.0, 60.0, 64.0], (3, 1)))
    spans = [Span(0.0, 0.4), Span(1.0, 1.6)]
    assert all(
        len(batch.times_s) for batch in read_frames(sandbox, media, LIMITS, spans, rate_fps=12.5, max_side_px=64)
    )
    assert len(read_crops(sandbox, media, LIMITS, [path], side_px=32)) == 1


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutated_video_is_read_or_refused_and_leaves_nothing_behind(
    sandbox: Sandbox, name: str, request: pytest.FixtureRequest
) -> None:
    chance, seed = random.Random(name), video_factory.video(SEEDS[name])
    before = open_files()
    for _ in range(request.config.getoption("--mutants") or MUTANTS):
        with MediaFile.from_bytes(mutant(seed, chance)) as media:
            try:
                look(sandbox, media)
            except ABOUT_THE_FILE:
                continue
    # Fewer is no leak: something that an earlier test dropped may be collected meanwhile.
    assert open_files() <= before
    assert sandbox.zygote_pid
    assert child_pids(sandbox.zygote_pid) == []
