from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from kit.errors import (
    DecoderStopped,
    MediaTooLong,
    PolyglotMedia,
    TooManyPixels,
    UndecodableMedia,
    UnsupportedMediaKind,
    UnsupportedMediaType,
)
from kit.media.file import MediaFile
from kit.media.image import DecodedImage, decode_image
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxResult
from tests.support import media_factory

ORIGINAL = np.asarray(media_factory.picture())
LOSSY = 10  # a level or two more than a good JPEG of this smooth picture is off


class Overpowered(Sandbox):
    """A sandbox whose decoder was taken over and answers what it likes."""

    def __init__(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def run(self, *_: object, **__: object) -> SandboxResult:
        values = {"frame_count": 1, "bit_depth": 8, "has_alpha": False, "orientation": 1, "truncated": False}
        return SandboxResult(values, {"pixels": self._pixels})


def decode(sandbox: Sandbox, data: bytes, limits: MediaLimits | None = None) -> DecodedImage:
    with MediaFile.from_bytes(data) as media:
        return decode_image(sandbox, media, limits or MediaLimits())


def assert_looks_like(image: DecodedImage, expected: np.ndarray, tolerance: int) -> None:
    assert image.pixels.shape == expected.shape
    assert np.abs(image.pixels.astype(int) - expected.astype(int)).max() <= tolerance


@pytest.mark.parametrize(
    ("file_format", "tolerance"), [("JPEG", LOSSY), ("PNG", 0), ("TIFF", 0), ("BMP", 0), ("AVIF", LOSSY), ("GIF", 20)]
)
def test_every_format_gives_the_same_rgb_picture(sandbox: Sandbox, file_format: str, tolerance: int) -> None:
    options = {"quality": 95, "subsampling": "4:4:4"} if tolerance == LOSSY else {}
    image = decode(sandbox, media_factory.encode(media_factory.picture(), file_format, **options))
    assert_looks_like(image, ORIGINAL, tolerance)
    assert image.mime_type == f"image/{file_format.lower()}"
    assert (image.frame_count, image.source_bit_depth, image.has_alpha, image.truncated) == (1, 8, False, False)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_rotation_is_undone(sandbox: Sandbox, file_format: str, orientation: int) -> None:
    image = decode(sandbox, media_factory.rotated(orientation, file_format))
    assert_looks_like(image, ORIGINAL, LOSSY)
    assert image.orientation == orientation


@pytest.mark.parametrize(("file_format", "tolerance"), [("GIF", 20), ("WEBP", 0), ("PNG", 0)])
def test_the_first_frame_of_an_animation_is_decoded_and_the_others_counted(
    sandbox: Sandbox, file_format: str, tolerance: int
) -> None:
    image = decode(sandbox, media_factory.animated(file_format, frames=4))
    assert_looks_like(image, ORIGINAL, tolerance)
    assert image.frame_count == 4


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG"])
def test_an_animation_above_the_limit_of_frames_is_refused(sandbox: Sandbox, file_format: str) -> None:
    animation = media_factory.animated(file_format, frames=4)
    assert decode(sandbox, animation, MediaLimits(max_frames=4)).frame_count == 4
    with pytest.raises(MediaTooLong, match="more than 3 pictures"):
        decode(sandbox, animation, MediaLimits(max_frames=3))


def test_sixteen_bits_become_eight(sandbox: Sandbox) -> None:
    image = decode(sandbox, media_factory.png_16_bit())
    assert_looks_like(image, ORIGINAL, 0)
    assert image.source_bit_depth == 16


def test_cmyk_is_shown_in_its_own_colours(sandbox: Sandbox) -> None:
    expected = np.asarray(media_factory.picture("CMYK").convert("RGB"))
    assert_looks_like(decode(sandbox, media_factory.cmyk_jpeg()), expected, LOSSY)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA"])
def test_grey_bilevel_palette_and_opaque_alpha_become_rgb(sandbox: Sandbox, mode: str) -> None:
    expected = np.asarray(media_factory.picture(mode).convert("RGB"))
    assert_looks_like(decode(sandbox, media_factory.png(mode)), expected, 0)


def test_transparent_parts_are_laid_over_white(sandbox: Sandbox) -> None:
    layered = media_factory.picture("RGBA")
    layered.putalpha(Image.linear_gradient("L").resize(layered.size))
    white = Image.new("RGBA", layered.size, "white")
    image = decode(sandbox, media_factory.encode(layered, "PNG"))
    assert_looks_like(image, np.asarray(Image.alpha_composite(white, layered).convert("RGB")), 1)
    assert image.has_alpha


def test_pixels_are_read_only(sandbox: Sandbox) -> None:
    assert not decode(sandbox, media_factory.png()).pixels.flags.writeable


def test_a_bomb_is_refused_before_it_is_decoded(sandbox: Sandbox) -> None:
    with pytest.raises(TooManyPixels) as refused:
        decode(sandbox, media_factory.png_bomb(30_000))
    assert refused.value.details == {"width_px": "30000", "height_px": "30000"}


def test_a_long_thin_picture_is_refused_by_its_side(sandbox: Sandbox) -> None:
    thin = media_factory.encode(Image.new("L", (20_000, 2)), "PNG")
    with pytest.raises(TooManyPixels):
        decode(sandbox, thin)


def test_a_picture_larger_than_its_header_says_is_refused(sandbox: Sandbox) -> None:
    with pytest.raises(TooManyPixels, match="200 x 2 px"):
        decode(sandbox, media_factory.tiff_of_two_widths(200, 10, first_type=9), MediaLimits(max_side_px=100))


@pytest.mark.parametrize("shape", [(101, 1, 3), (60, 60, 3), (0, 4, 3), (4, 4), (4, 4, 4)])
def test_pixels_that_cannot_be_those_of_an_accepted_picture_are_not_believed(shape: tuple[int, ...]) -> None:
    with pytest.raises(DecoderStopped):
        decode(
            Overpowered(np.zeros(shape, np.uint8)), media_factory.png(), MediaLimits(max_pixels=3_000, max_side_px=100)
        )


def test_a_header_that_lies_about_its_size_is_caught_by_the_memory_limit_or_the_decoder(sandbox: Sandbox) -> None:
    lying = bytearray(media_factory.jpeg())
    at = lying.index(b"\xff\xc0") + 5
    lying[at : at + 4] = (9_000).to_bytes(2, "big") * 2
    with MediaFile.from_bytes(lying) as media:
        try:
            image = decode_image(sandbox, media, MediaLimits())
        except (UndecodableMedia, DecoderStopped):
            return
    assert image.pixels.shape == (9_000, 9_000, 3)


@pytest.mark.parametrize("kept", [0.01, 0.1, 0.6, 0.99])
def test_a_cut_off_file_is_refused_and_told_so(sandbox: Sandbox, kept: float) -> None:
    with pytest.raises(UndecodableMedia, match="cut off") as refused:
        decode(sandbox, media_factory.truncated_jpeg(kept))
    assert refused.value.details["truncated"] == "true"


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"])
def test_other_formats_cut_in_half_are_refused(sandbox: Sandbox, file_format: str) -> None:
    whole = media_factory.encode(media_factory.picture(), file_format)
    with pytest.raises(UndecodableMedia):
        decode(sandbox, whole[: len(whole) // 2])


def test_an_animation_cut_off_behind_its_first_frame_is_decoded_and_marked(sandbox: Sandbox) -> None:
    image = decode(sandbox, media_factory.animated("PNG")[:-50])
    assert_looks_like(image, ORIGINAL, 0)
    assert image.truncated


def test_damaged_data_are_refused(sandbox: Sandbox) -> None:
    damaged = bytearray(media_factory.png())
    damaged[60:90] = bytes(30)
    with pytest.raises(UndecodableMedia, match="damaged"):
        decode(sandbox, bytes(damaged))


def test_floating_point_samples_are_refused_by_name(sandbox: Sandbox) -> None:
    with pytest.raises(UndecodableMedia, match="float32"):
        decode(sandbox, media_factory.encode(media_factory.picture("F"), "TIFF"))


def test_a_motion_photo_is_decoded(sandbox: Sandbox) -> None:
    assert_looks_like(decode(sandbox, media_factory.motion_photo()), ORIGINAL, LOSSY)


def test_zeros_are_of_no_type(sandbox: Sandbox) -> None:
    with pytest.raises(UnsupportedMediaType):
        decode(sandbox, media_factory.zeros(1 << 20))


def test_polyglots_are_refused(sandbox: Sandbox) -> None:
    with pytest.raises(PolyglotMedia):
        decode(sandbox, media_factory.jpeg_and_zip())


def test_a_video_is_no_picture(sandbox: Sandbox) -> None:
    with pytest.raises(UnsupportedMediaKind, match="video/mp4"):
        decode(sandbox, b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(100))
