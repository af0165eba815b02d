"""A small slice of mutation fuzzing: whatever is in the file, measuring and reading its sound answers or names its fault.

`pytest tests/fuzz/media --mutants 500` makes a longer run.
"""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest

from kit.errors import (
    DecoderStopped,
    MediaTooLong,
    MediaTypeMismatch,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaType,
)
from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from kit.media.sound import Span, measure_sound, read_sound
from telltale.common.v1 import media_pb2
from tests.support import sound_factory
from tests.support.descriptors import child_pids, open_files
from tests.support.mutants import mutant
from tests.support.sound_factory import Talk, clicks

ABOUT_THE_FILE = (
    DecoderStopped,
    MediaTooLong,
    MediaTypeMismatch,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaType,
)
MUTANTS = 10
LIMITS = MediaLimits(max_video_pixels=1_000_000)
SPANS = [Span(0.0, 1.0), Span(1.5, 2.0), Span(100.0, 101.0)]
SEEDS = {kind: sound_factory.recording(kind, clicks([0.5], 2.0)) for kind in sound_factory.CODECS} | {
    "float wav": sound_factory.wav(clicks([0.5], 2.0), sound_format=3),
    "video": sound_factory.talk(Talk(clicks([0.5], 2.0))),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    limits = ChildLimits(wall_s=10, cpu_s=5, memory_bytes=2**30)
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD)
    with Sandbox.start(SandboxSettings(limits=limits), preload) as started:
        yield started


def listen(sandbox: Sandbox, media: MediaFile) -> None:
    """Everything that a service does with sound."""
    info = probe(sandbox, media, LIMITS, None)
    if info.kind == media_pb2.MEDIA_KIND_IMAGE:
        return
    facts = measure_sound(sandbox, media, LIMITS)
    if facts is None:
        return
    assert 0 < facts.duration_s <= LIMITS.max_audio_s
    for piece in read_sound(sandbox, media, LIMITS, SPANS):
        assert any(span.start_s <= piece.start_s <= piece.end_s <= span.end_s + 1e-3 for span in SPANS)
        assert np.isfinite(piece.samples).all()


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutated_recording_is_read_or_refused_and_leaves_nothing_behind(
    sandbox: Sandbox, name: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(name)
    before = open_files()
    for _ in range(request.config.getoption("--mutants") or MUTANTS):
        with MediaFile.from_bytes(mutant(SEEDS[name], chance)) as media:
            try:
                listen(sandbox, media)
            except ABOUT_THE_FILE:
                continue
    # Fewer is no leak: something that an earlier test dropped may be collected meanwhile.
    assert open_files() <= before
    assert sandbox.zygote_pid
    assert child_pids(sandbox.zygote_pid) == []
