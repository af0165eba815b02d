from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gateway.report.eye import MAX_SIDE_PX, SandboxEye, reduced
from kit.errors import TelltaleError
from kit.media import image, video
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from tests.support.video_factory import Recipe, number_in, steady
from tests.support.video_factory import video as make_video

PORTRAIT = Path("samples/portrait.jpg")


@pytest.fixture(scope="module")
def eye() -> Iterator[SandboxEye]:
    with Sandbox.start(SandboxSettings(max_children=1), (*image.PRELOAD, *video.PRELOAD)) as sandbox:
        yield SandboxEye(sandbox, MediaLimits())


def test_a_photo_is_seen(eye: SandboxEye) -> None:
    with MediaFile.from_bytes(PORTRAIT.read_bytes()) as media:
        pixels = eye.still(media)
    assert pixels.shape == (512, 512, 3)
    assert pixels.dtype == np.uint8
    assert pixels[300, 256, 0] > pixels[300, 256, 2] + 50  # an orange suit


def test_a_video_is_seen_at_its_moments_in_order(eye: SandboxEye) -> None:
    with MediaFile.from_bytes(make_video(Recipe(times_s=steady(60, 25.0)))) as media:
        frames = eye.moments(media, [2.0, 0.4])
    assert [number_in(frame.pixels) for frame in frames] == [10, 50]
    assert [frame.time_s for frame in frames] == pytest.approx([0.4, 2.0])


def test_what_cannot_be_decoded_is_a_typed_error(eye: SandboxEye) -> None:
    with MediaFile.from_bytes(PORTRAIT.read_bytes()[:300]) as media, pytest.raises(TelltaleError):
        eye.still(media)


def test_pictures_are_made_smaller_and_never_larger() -> None:
    wide = np.zeros((10, 4 * MAX_SIDE_PX, 3), np.uint8)
    assert reduced(wide, MAX_SIDE_PX).shape == (2, MAX_SIDE_PX, 3)
    assert reduced(wide, 10**6) is wide
