"""The facts about one medium that every service needs before it does anything with it."""

from __future__ import annotations

import dataclasses

from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, Sandbox
from kit.media.values import integer
from telltale.common.v1 import media_pb2


def probe(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    claimed_mime_type: str | None,
    *,
    timeout_s: float | None = None,
) -> media_pb2.MediaInfo:
    """Kind, type, length and digest; for pictures also size after rotation and number of frames, from the header.

    A picture that ends early is decoded as well, to refuse it here if nothing of it can be read.

    Videos and recordings are told apart by their first bytes only: width, height, frames and duration stay absent.
    Raises UnsupportedMediaType, MediaTypeMismatch, PolyglotMedia, and for pictures TooManyPixels, UndecodableMedia and
    what `Sandbox.run` raises.
    """
    media_type = identify(media, claimed_mime_type)
    info = media_pb2.MediaInfo(
        kind=media_type.kind, mime_type=media_type.mime_type, size_bytes=media.size_bytes, sha256=media.sha256
    )
    if media_type.kind == media_pb2.MEDIA_KIND_IMAGE:
        arguments: dict[str, Json] = {"mime_type": media_type.mime_type, "limits": dataclasses.asdict(limits)}
        result = sandbox.run("kit.media.tasks:measure_still", media, arguments, timeout_s=timeout_s)
        info.width_px = integer(result, "width_px", 1, limits.max_side_px)
        info.height_px = integer(result, "height_px", 1, limits.max_side_px)
        info.frame_count = integer(result, "frame_count", 1, limits.max_frames)
    return info
