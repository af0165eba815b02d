from __future__ import annotations

import struct

import pytest

from kit.errors import TooManyPixels, UndecodableMedia, UnsupportedMediaKind, UnsupportedMediaType
from kit.media.limits import MediaLimits
from kit.media.measure import measure
from tests.support import media_factory

LIMITS = MediaLimits()


def tiff(tags: dict[int, int], *, order: str = "<", big: bool = False, following: int = 0) -> bytes:
    """A TIFF of one directory of 32 bit integers, and no picture."""
    if big:
        head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HHHQQ", 43, 8, 0, 16, len(tags))
        entries = (struct.pack(order + "HHQI4x", tag, 4, 1, value) for tag, value in tags.items())
        return head + b"".join(entries) + struct.pack(order + "Q", following)
    head = (b"II" if order == "<" else b"MM") + struct.pack(order + "HIH", 42, 8, len(tags))
    entries = (struct.pack(order + "HHII", tag, 4, 1, value) for tag, value in tags.items())
    return head + b"".join(entries) + struct.pack(order + "I", following)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF", "BMP", "AVIF"])
def test_every_format_is_measured_without_decoding(file_format: str) -> None:
    header = measure(media_factory.encode(media_factory.picture(), file_format), f"image/{file_format.lower()}", LIMITS)
    assert (header.width_px, header.height_px, header.bit_depth, header.complete) == (48, 32, 8, True)


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "GIF", "WEBP", "BMP"])
def test_a_file_without_its_last_byte_is_not_complete(file_format: str) -> None:
    data = media_factory.encode(media_factory.picture(), file_format)[:-1]
    assert not measure(data, f"image/{file_format.lower()}", LIMITS).complete


@pytest.mark.parametrize("kind", ["jpeg", "png", "gif", "webp", "tiff", "bmp", "avif"])
@pytest.mark.parametrize("rest", [b"", b"\xff" * 3, bytes(12), b"\x7f" * 200])
def test_a_header_of_rubbish_is_refused(kind: str, rest: bytes) -> None:
    seed = media_factory.encode(media_factory.picture(), kind.upper())
    with pytest.raises((UndecodableMedia, TooManyPixels)):
        measure(seed[:6] + rest, f"image/{kind}", LIMITS)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("big", [False, True])
def test_tiff_of_either_byte_order_and_size_is_measured(order: str, big: bool) -> None:
    header = measure(tiff({0x100: 640, 0x101: 480, 0x112: 6}, order=order, big=big), "image/tiff", LIMITS)
    assert (header.width_px, header.height_px, header.orientation) == (640, 480, 6)


def test_a_tiff_whose_directories_form_a_ring_is_measured_once() -> None:
    assert measure(tiff({0x100: 64, 0x101: 48}, following=8), "image/tiff", LIMITS).frame_count == 2


def test_of_a_tiffs_two_widths_the_one_that_decoders_take_counts() -> None:
    assert measure(media_factory.tiff_of_two_widths(200, claimed_px=10), "image/tiff", LIMITS).width_px == 200


def test_a_marker_without_a_length_hides_no_header_of_a_jpeg() -> None:
    whole = media_factory.jpeg()
    frame = whole.index(b"\xff\xc0")
    header = measure(whole[:frame] + b"\xff\x01" + whole[frame:], "image/jpeg", LIMITS)
    assert (header.width_px, header.height_px, header.complete) == (48, 32, True)


def test_camera_raw_is_refused_because_its_first_picture_is_a_thumbnail() -> None:
    with pytest.raises(UnsupportedMediaType, match="camera raw"):
        measure(tiff({0x100: 64, 0x101: 48, 0xC612: 1}), "image/tiff", LIMITS)


def test_an_impossible_orientation_counts_as_upright() -> None:
    assert measure(tiff({0x100: 64, 0x101: 48, 0x112: 9}), "image/tiff", LIMITS).orientation == 1


def test_limits_hold_for_the_area_and_for_the_side() -> None:
    wide = tiff({0x100: 5_000, 0x101: 40})
    assert measure(wide, "image/tiff", MediaLimits(max_pixels=200_000, max_side_px=5_000)).width_px == 5_000
    with pytest.raises(TooManyPixels):
        measure(wide, "image/tiff", MediaLimits(max_pixels=199_999, max_side_px=5_000))
    with pytest.raises(TooManyPixels):
        measure(wide, "image/tiff", MediaLimits(max_pixels=200_000, max_side_px=4_999))


def test_what_is_no_picture_is_not_measured() -> None:
    with pytest.raises(UnsupportedMediaKind):
        measure(b"RIFF", "audio/wav", LIMITS)
