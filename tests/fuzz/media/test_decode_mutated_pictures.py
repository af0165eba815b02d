"""A small slice of mutation fuzzing: whatever is in the file, `decode_image` answers or raises an error about the file."""

from __future__ import annotations

import random
from collections.abc import Iterator

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
from kit.media.file import MediaFile
from kit.media.image import PRELOAD, decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings
from tests.support import media_factory
from tests.support.descriptors import child_pids, open_files
from tests.support.mutants import mutant

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
MUTANTS = 40
SEEDS = {
    "jpeg": media_factory.rotated(6),
    "png": media_factory.png(),
    "webp": media_factory.animated("WEBP"),
    "gif": media_factory.animated("GIF"),
    "tiff": media_factory.rotated(3, "TIFF"),
    "bmp": media_factory.encode(media_factory.picture(), "BMP"),
    "avif": media_factory.rotated(8, "AVIF"),
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    limits = ChildLimits(wall_s=10, cpu_s=5, memory_bytes=2**30)
    with Sandbox.start(SandboxSettings(limits=limits), PRELOAD) as started:
        yield started


@pytest.mark.parametrize("name", SEEDS)
def test_a_mutated_picture_is_decoded_or_refused_and_leaves_nothing_behind(
    sandbox: Sandbox, name: str, request: pytest.FixtureRequest
) -> None:
    chance = random.Random(name)
    with MediaFile.from_bytes(SEEDS[name]) as media:
        decode_image(sandbox, media, MediaLimits())  # what is opened once and for all is no leak of a mutant
    before = open_files()
    for _ in range(request.config.getoption("--mutants") or MUTANTS):
        with MediaFile.from_bytes(mutant(SEEDS[name], chance)) as media:
            try:
                assert decode_image(sandbox, media, MediaLimits(max_pixels=4_000_000)).pixels.size
            except ABOUT_THE_FILE:
                continue
    # Fewer is no leak: something that an earlier test dropped may be collected meanwhile.
    assert open_files() <= before
    assert sandbox.zygote_pid
    assert child_pids(sandbox.zygote_pid) == []
