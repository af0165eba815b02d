"""The perceptual hash, alone and through the probe."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from kit.errors import TooManyPixels
from kit.media.file import MediaFile
from kit.media.likeness import likeness
from kit.media.limits import MediaLimits
from kit.media.probe import look
from kit.media.sandbox import Sandbox
from tests.support import media_factory, sound_factory, video_factory
from tests.support.video_factory import Recipe, steady


def scene(seed: int, side_px: int = 256) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Grey blobs; another seed is another picture."""
    coarse = np.random.default_rng(seed).uniform(0, 255, (8, 8)).astype(np.float32)
    return (
        np.asarray(cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_CUBIC)).clip(0, 255).astype(np.uint8)
    )


def distance(one: int | None, other: int | None) -> int:
    assert one is not None
    assert other is not None
    return (one ^ other).bit_count()


def hashed(sandbox: Sandbox, data: bytes) -> int | None:
    with MediaFile.from_bytes(data) as media:
        return look(sandbox, media, MediaLimits(), None).likeness


def test_a_picture_that_was_made_smaller_noisier_or_brighter_looks_alike() -> None:
    picture = scene(1)
    noisy = (picture + np.random.default_rng(0).normal(0, 6, picture.shape)).clip(0, 255).astype(np.uint8)
    variants = [cv2.resize(picture, (120, 120)), noisy, cv2.convertScaleAbs(picture, alpha=0.9, beta=10)]
    assert all(distance(likeness(picture), likeness(np.asarray(variant))) <= 6 for variant in variants)


def test_another_picture_does_not() -> None:
    assert min(distance(likeness(scene(1)), likeness(scene(seed))) for seed in range(2, 40)) > 12


def test_what_shows_nothing_has_no_hash() -> None:
    assert likeness(np.full((64, 64), 128, np.uint8)) is None


def test_the_probe_hashes_a_photo_of_any_coding_alike(sandbox: Sandbox) -> None:
    picture = Image.fromarray(scene(2))
    codings = [media_factory.encode(picture, name) for name in ("JPEG", "PNG", "WEBP", "TIFF")]
    assert max(distance(likeness(scene(2)), hashed(sandbox, coded)) for coded in codings) <= 4


@pytest.mark.parametrize(("orientation", "turns"), [(3, 2), (6, 1), (8, 3)])
def test_the_probe_hashes_what_is_seen_and_not_what_is_stored(sandbox: Sandbox, orientation: int, turns: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = media_factory.encode(Image.fromarray(np.rot90(scene(2), turns)), "JPEG", exif=exif)
    assert distance(hashed(sandbox, stored), likeness(scene(2))) <= 4


def beneath(seen: np.ndarray[tuple[int, int], np.dtype[np.uint8]], seed: int) -> Image.Image:
    """A picture that looks like `seen` over white, and like another one to who forgets that parts of it are transparent."""
    least = 255.0 - seen.astype(np.float64)
    alpha = np.ceil(np.maximum(1.0, least + (255.0 - least) * scene(seed) / 255.0))
    colour = np.round(255.0 - least * 255.0 / alpha)
    return Image.fromarray(np.dstack([colour, colour, colour, alpha]).astype(np.uint8), "RGBA")


@pytest.mark.filterwarnings("ignore:'mode' parameter is deprecated:DeprecationWarning")
def test_what_lies_beneath_transparent_parts_makes_no_other_picture(sandbox: Sandbox) -> None:
    pictures = [beneath(scene(2), seed) for seed in (4, 5, 6)]
    assert distance(likeness(np.asarray(pictures[0])[..., 0]), likeness(np.asarray(pictures[1])[..., 0])) > 6
    codings = [media_factory.encode(picture, "PNG") for picture in pictures]
    assert max(distance(likeness(scene(2)), hashed(sandbox, coded)) for coded in codings) <= 1


def test_a_picture_larger_than_its_header_says_is_refused_at_the_door(sandbox: Sandbox) -> None:
    liar, limits = media_factory.tiff_of_two_widths(200, 10, first_type=9), MediaLimits(max_side_px=100)
    with MediaFile.from_bytes(liar) as media, pytest.raises(TooManyPixels, match="200 x 2 px"):
        look(sandbox, media, limits, None)


def test_a_large_jpeg_is_hashed_from_its_eighth(sandbox: Sandbox) -> None:
    small, large = (cv2.imencode(".jpg", scene(3, side_px))[1].tobytes() for side_px in (100, 1600))
    assert distance(hashed(sandbox, small), hashed(sandbox, large)) <= 4


def test_a_video_has_the_hash_of_a_picture_and_a_recording_has_none(sandbox: Sandbox) -> None:
    assert hashed(sandbox, video_factory.video(Recipe(steady(25, 25)))) is not None
    assert hashed(sandbox, sound_factory.wav(np.zeros((8_000, 1), np.int16), 8_000)) is None
