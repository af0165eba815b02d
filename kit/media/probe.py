"""The facts about one medium that every service needs before it does anything with it."""

from __future__ import annotations

import dataclasses

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.identify import identify
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, Sandbox
from kit.media.sniff import MediaType
from kit.media.values import integer
from kit.media.video import VideoFacts, facts_of
from telltale.common.v1 import media_pb2


def probe(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    claimed_mime_type: str | None,
    *,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> media_pb2.MediaInfo:
    """Kind, type, length and digest; for pictures also size after rotation and number of frames, from the header;
    for videos size, number of frames, duration, mean rate and whether there is sound.

    A picture that ends early is decoded as well, to refuse it here if nothing of it can be read.

    Of a video all frames are counted but only the first one is decoded. Of a recording, nothing is known but its type.
    Raises UnsupportedMediaType, MediaTypeMismatch, PolyglotMedia, and for pictures and videos TooManyPixels,
    UndecodableMedia and what `Sandbox.run` raises.
    """
    media_type = identify(media, claimed_mime_type)
    info = media_pb2.MediaInfo(
        kind=media_type.kind, mime_type=media_type.mime_type, size_bytes=media.size_bytes, sha256=media.sha256
    )
    if media_type.kind == media_pb2.MEDIA_KIND_IMAGE:
        task = "kit.media.tasks:measure_still"
        result = sandbox.run(task, media, _arguments(media_type, limits), timeout_s=timeout_s, cancel=cancel)
        info.width_px = integer(result, "width_px", 1, limits.max_side_px)
        info.height_px = integer(result, "height_px", 1, limits.max_side_px)
        info.frame_count = integer(result, "frame_count", 1, limits.max_frames)
    if media_type.kind == media_pb2.MEDIA_KIND_VIDEO:
        task = "kit.media.video_tasks:measure_video"
        result = sandbox.run(task, media, _arguments(media_type, limits), timeout_s=timeout_s, cancel=cancel)
        _fill(info, facts_of(result, limits))
    return info


def _arguments(media_type: MediaType, limits: MediaLimits) -> dict[str, Json]:
    return {"mime_type": media_type.mime_type, "limits": dataclasses.asdict(limits)}


def _fill(info: media_pb2.MediaInfo, facts: VideoFacts) -> None:
    info.width_px, info.height_px = facts.width_px, facts.height_px
    info.frame_count = facts.frame_count
    info.duration.FromMicroseconds(max(1, round(facts.duration_s * 1e6)))
    info.frame_rate_fps = facts.frame_rate_fps
    info.has_audio = facts.has_audio
