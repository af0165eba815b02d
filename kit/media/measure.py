"""Measure a picture before it is decoded."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping

from kit.errors import MediaTooLong, TooManyPixels, UndecodableMedia, UnsupportedMediaKind
from kit.media.headers import avif, bmp, gif, jpeg, png, tiff, webp
from kit.media.headers.header import Data, PictureHeader
from kit.media.limits import MediaLimits

_READERS: Mapping[str, Callable[[Data, int], PictureHeader]] = {
    "image/jpeg": jpeg.read,
    "image/png": png.read,
    "image/gif": gif.read,
    "image/webp": webp.read,
    "image/bmp": bmp.read,
    "image/tiff": tiff.read,
    "image/avif": avif.read,
}


def measure(data: Data, mime_type: str, limits: MediaLimits) -> PictureHeader:
    """The header of a picture that is small enough to decode.

    Raises TooManyPixels, MediaTooLong, UndecodableMedia if the header is damaged, UnsupportedMediaKind if it is no picture.
    """
    if mime_type not in _READERS:
        raise UnsupportedMediaKind(f"{mime_type} is no picture. Send a photo.", mime_type=mime_type)
    try:
        header = _READERS[mime_type](data, limits.max_frames + 1)
    except struct.error as error:
        raise UndecodableMedia(f"The {mime_type} header is cut off or damaged. Send the original file.") from error
    if header.width_px < 1 or header.height_px < 1:
        raise UndecodableMedia(f"The {mime_type} header gives no width and height. Send the original file.")
    refuse_oversize(header.width_px, header.height_px, limits)
    if header.frame_count > limits.max_frames:
        raise MediaTooLong(
            f"The {mime_type} file has more than {limits.max_frames} pictures. Send a part of it.",
            max_frames=str(limits.max_frames),
        )
    return header


def refuse_oversize(width_px: int, height_px: int, limits: MediaLimits) -> None:
    """Raise TooManyPixels where a picture is above the limits."""
    if width_px * height_px > limits.max_pixels or max(width_px, height_px) > limits.max_side_px:
        raise TooManyPixels(
            f"The picture has {width_px} x {height_px} px; the limits are {limits.max_pixels} px in all and "
            f"{limits.max_side_px} px a side. Send a smaller version.",
            width_px=str(width_px),
            height_px=str(height_px),
        )
