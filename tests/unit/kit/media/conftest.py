from __future__ import annotations

from collections.abc import Iterator

import pytest

from kit.media import image, sound, video
from kit.media.file import MediaFile
from kit.media.sandbox import ChildLimits, Sandbox, SandboxSettings

ATTACKS = "tests.support.sandbox_attacks"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox with all tasks and the attacks loaded, and narrow limits."""
    limits = ChildLimits(wall_s=20, cpu_s=5, memory_bytes=2**30, max_result_bytes=64 * 2**20)
    preload = (*image.PRELOAD, *video.PRELOAD, *sound.PRELOAD, ATTACKS)
    with Sandbox.start(SandboxSettings(limits=limits), preload) as started:
        yield started


@pytest.fixture
def hello() -> Iterator[MediaFile]:
    """A medium that is no picture."""
    with MediaFile.from_bytes(b"hello") as media:
        yield media
