"""A photo's pixels."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from kit.errors import UnsupportedMediaKind
from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, Sandbox, SandboxResult
from kit.media.values import distrusted, integer, truth
from telltale.common.v1 import media_pb2

PRELOAD = ("kit.media.tasks:warm_up",)
"""What a sandbox must preload for `decode_image` and for `kit.media.probe.probe` of pictures."""

Picture: TypeAlias = "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]"


@dataclass(frozen=True, eq=False)
class DecodedImage:
    """The first frame of a picture.

    Attributes:
        pixels: uint8 (height, width, 3), RGB, upright, read-only. Samples are as stored: an ICC profile is not applied.
            16 bits are rounded to 8, CMYK is converted plainly, grey is repeated, transparency is laid over white.
        mime_type: by magic bytes, e.g. "image/jpeg".
        frame_count: pictures in the file; 1 for a photo.
        source_bit_depth: bits of one stored sample.
        has_alpha: some of it was transparent (not known for AVIF, where transparency is dropped).
        orientation: the EXIF rotation that was undone, 1 to 8.
        truncated: the file ends early, but behind the first frame. (One that ends within it is refused.)
    """

    pixels: Picture
    mime_type: str
    frame_count: int
    source_bit_depth: int
    has_alpha: bool
    orientation: int
    truncated: bool


def decode_image(
    sandbox: Sandbox, media: MediaFile, limits: MediaLimits, *, timeout_s: float | None = None
) -> DecodedImage:
    """Decode a photo inside the sandbox.

    Raises UnsupportedMediaType, PolyglotMedia, UnsupportedMediaKind (video, sound), TooManyPixels and MediaTooLong
    (before decoding), UndecodableMedia, and what `Sandbox.run` raises.
    """
    media_type = identify(media, None)
    if media_type.kind != media_pb2.MEDIA_KIND_IMAGE:
        raise UnsupportedMediaKind(
            f"{media_type.mime_type} is no picture. Send a photo.", mime_type=media_type.mime_type
        )
    arguments: dict[str, Json] = {"mime_type": media_type.mime_type, "limits": dataclasses.asdict(limits)}
    result = sandbox.run("kit.media.tasks:decode_still", media, arguments, timeout_s=timeout_s)
    return DecodedImage(
        pixels=_pixels(result, limits),
        mime_type=media_type.mime_type,
        frame_count=integer(result, "frame_count", 1, limits.max_frames),
        source_bit_depth=integer(result, "bit_depth", 1, 64),
        has_alpha=truth(result, "has_alpha"),
        orientation=integer(result, "orientation", 1, 8),
        truncated=truth(result, "truncated"),
    )


def _pixels(result: SandboxResult, limits: MediaLimits) -> Picture:
    pixels = result.arrays.get("pixels")
    if pixels is None or pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        raise distrusted("the picture's form")
    if not 0 < pixels.size <= 3 * limits.max_pixels or max(pixels.shape) > limits.max_side_px:
        raise distrusted("the picture's size")
    return pixels  # type: ignore[return-value]  # its shape was just checked
