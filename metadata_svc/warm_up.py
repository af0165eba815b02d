"""A file to warm up on."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from kit.media.file import MediaFile
from telltale.common.v1 import media_pb2

_SIDE_PX: Final = 256


def noisy_jpeg() -> MediaFile:
    """A JPEG of noise, large enough for every test. The caller closes it."""
    noise = np.random.default_rng(0).integers(0, 256, (_SIDE_PX, _SIDE_PX, 3), dtype=np.uint8)
    return MediaFile.from_bytes(cv2.imencode(".jpg", noise)[1].tobytes())


def info_of(media: MediaFile) -> media_pb2.MediaInfo:
    """What the gateway would announce of it."""
    return media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=media.size_bytes,
        sha256=media.sha256,
        width_px=_SIDE_PX,
        height_px=_SIDE_PX,
    )
