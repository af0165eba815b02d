"""What runs inside the sandbox for videos. Preload it with `kit.media.video.PRELOAD`."""

from __future__ import annotations

import dataclasses
import io
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import av
import cv2
import numpy as np
from av.video.stream import VideoStream

from kit.errors import UndecodableMedia
from kit.media.exchange import Array, Json
from kit.media.facts import THUMBNAIL_PX
from kit.media.likeness import likeness
from kit.media.limits import MediaLimits
from kit.media.opening import open_reel
from kit.media.packets import Timetable, timetable
from kit.media.reel import Picture, Reel, key_picture
from kit.media.walk import Walk

Answer = tuple[Mapping[str, Json], Mapping[str, Array]]

_CLIPS = (
    ("libx264", "mp4", "video/mp4"),
    ("mpeg4", "avi", "video/x-msvideo"),
    ("libvpx-vp9", "webm", "video/webm"),
)
_MAX_THUMBNAILS = 64
_HASHED_PX = (64, 64)
_SURVEY_CPU_S = 8.0
_BATCH_CPU_S = 3.0
"""Processor time that a batch may take after its first picture; the way to that one may be long."""


def warm_up() -> None:
    """Run every task on clips of our own, so that nothing is loaded lazily inside the walls; one thread only."""
    cv2.setNumThreads(0)
    for codec, container_format, mime_type in _CLIPS:
        descriptor = os.memfd_create("clip")
        os.write(descriptor, _tiny_clip(codec, container_format))
        own: dict[str, Json] = {"mime_type": mime_type, "limits": dataclasses.asdict(MediaLimits()), "wanted_s": [0.0]}
        survey(descriptor, own)
        measure_video(descriptor, own)
        read_frames(descriptor, own | {"reach_s": 1.0, "max_side_px": 16, "max_bytes": 1})
        read_crops(descriptor, own | {"squares_px": [[-8, 0, 64]], "side_px": 16, "max_bytes": 1})
        os.close(descriptor)


def measure_video(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """Facts about the pictures, and a perceptual hash of one; none but that and the first is decoded.

    Arguments: mime_type, limits.
    """
    reel = _reel(descriptor, arguments)
    table = timetable(reel, _limits(arguments))
    return {**_facts(reel, table), "likeness": _likeness(reel, table)}, {}


def survey(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """Facts, and times of key frames ("key_times"), and thumbnails of some ("times", "thumbnails").

    Arguments: mime_type, limits.
    """
    reel = _reel(descriptor, arguments)
    table = timetable(reel, _limits(arguments))
    thumbnails = list(_thumbnails(reel, table)) or [_first_thumbnail(reel)]
    return _facts(reel, table), {
        "key_times": np.asarray(table.key_times_s, np.float64),
        "times": np.array([time_s for time_s, _ in thumbnails], np.float64),
        "thumbnails": np.stack([pixels for _, pixels in thumbnails]),
    }


def read_frames(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """Frames nearest to the moments `wanted_s` (ascending) and within `reach_s` of them, each frame at most once.

    Arguments: mime_type, limits, wanted_s, reach_s, max_side_px, max_bytes. Stops early when the answer is full or has
    taken long; "done" tells how many moments were dealt with, "used" which of them each frame is for.
    """
    reel = _reel(descriptor, arguments)
    upright_px = _scaled(reel.upright_px, _number(arguments, "max_side_px"))
    most = max(1, int(_number(arguments, "max_bytes")) // (3 * upright_px[0] * upright_px[1]))
    found: list[tuple[int, float, Array]] = []
    done = 0
    for done, wanted_s, picture in _visited(reel, cast("Sequence[float]", arguments["wanted_s"])):
        fits = picture and abs(picture.time_s - wanted_s) <= _number(arguments, "reach_s")
        if picture and fits and (not found or picture.time_s > found[-1][1]):
            found.append((done - 1, picture.time_s, reel.pixels(picture, upright_px)))
        if len(found) >= most:
            break
    return _piece(done, found, upright_px)


def read_crops(descriptor: int, arguments: Mapping[str, Json]) -> Answer:
    """Squares cut out of the frames nearest to the moments `wanted_s` (ascending), scaled to side_px.

    Arguments: mime_type, limits, wanted_s, squares_px (whole pixels: left, top, side), side_px, max_bytes. Answers as
    `read_frames`.
    """
    reel = _reel(descriptor, arguments)
    squares = cast("Sequence[tuple[int, int, int]]", arguments["squares_px"])
    side_px = int(_number(arguments, "side_px"))
    most = max(1, int(_number(arguments, "max_bytes")) // (3 * side_px**2))
    found: list[tuple[int, float, Array]] = []
    done = 0
    whole: tuple[Picture, Array] | None = None
    for done, _, picture in _visited(reel, cast("Sequence[float]", arguments["wanted_s"])):
        if picture is None:
            continue
        if whole is None or whole[0] is not picture:
            whole = picture, reel.pixels(picture, reel.upright_px)
        found.append((done - 1, picture.time_s, _cut(whole[1], squares[done - 1], side_px)))
        if len(found) >= most:
            break
    return _piece(done, found, (side_px, side_px))


def _visited(reel: Reel, wanted_s: Sequence[float]) -> Iterator[tuple[int, float, Picture | None]]:
    """How many moments were dealt with, the last of them, and its nearest picture; until time is up."""
    walk = Walk(reel)
    ends_at_s = float("inf")
    for index, moment_s in enumerate(wanted_s):
        picture = walk.nearest(moment_s)
        yield index + 1, moment_s, picture
        now_s = time.process_time()
        ends_at_s = min(ends_at_s, now_s + _BATCH_CPU_S)
        if now_s > ends_at_s:
            return


def _thumbnails(reel: Reel, table: Timetable) -> Iterator[tuple[float, Array]]:
    """Scaled one by one: sixty-four whole frames would not fit into a child."""
    chosen = np.unique(np.linspace(0, len(table.key_times_s) - 1, _MAX_THUMBNAILS).round().astype(int))
    last_s = -1.0
    for key_s in table.key_times_s[chosen]:
        if time.process_time() > _SURVEY_CPU_S and last_s >= 0:
            return
        picture = key_picture(reel, float(key_s))
        if picture and picture.time_s > last_s:
            last_s = picture.time_s
            yield last_s, reel.pixels(picture, THUMBNAIL_PX)


def _likeness(reel: Reel, table: Timetable) -> int | None:
    """Of the key frame in the middle: many videos of one house begin with the same pictures."""
    middle_s = float(table.key_times_s[len(table.key_times_s) // 2])
    picture = key_picture(reel, middle_s)
    return None if picture is None else likeness(cv2.cvtColor(reel.pixels(picture, _HASHED_PX), cv2.COLOR_RGB2GRAY))


def _first_thumbnail(reel: Reel) -> tuple[float, Array]:
    """For videos that mark no key frames, or damaged ones only."""
    first = Walk(reel).nearest(0.0)
    if first is None:
        raise UndecodableMedia(
            "The video's first picture decodes once and not again: it is damaged. Send the original."
        )
    return first.time_s, reel.pixels(first, THUMBNAIL_PX)


def _facts(reel: Reel, table: Timetable) -> dict[str, Json]:
    width_px, height_px = reel.upright_px
    return {
        "width_px": width_px,
        "height_px": height_px,
        "duration_s": table.duration_s,
        "frame_count": len(table.times_s),
        "frame_rate_fps": table.rate_fps,
        "has_audio": bool(reel.container.streams.audio),
        "rotation_deg": reel.rotation_deg,
        "codec": reel.codec,
        "variable_rate": table.is_uneven(reel.tick_s),
        "truncated": table.truncated,
    }


def _scaled(size_px: tuple[int, int], max_side_px: float) -> tuple[int, int]:
    factor = min(1.0, max_side_px / max(size_px))
    return max(1, round(size_px[0] * factor)), max(1, round(size_px[1] * factor))


def _cut(whole: Array, square: tuple[int, int, int], side_px: int) -> Array:
    """What lies beyond the picture repeats its edge. Shrinking takes means over areas, so that nothing aliases."""
    left, top, side = square
    rows = np.clip(np.arange(top, top + side), 0, whole.shape[0] - 1)
    columns = np.clip(np.arange(left, left + side), 0, whole.shape[1] - 1)
    inside = whole[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if inside.shape[:2] != (side, side):
        inside = inside[np.ix_(rows - rows[0], columns - columns[0])]
    scaling = cv2.INTER_AREA if side > side_px else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(inside.astype(np.uint8, copy=False), (side_px, side_px), interpolation=scaling))


def _piece(done: int, found: Sequence[tuple[int, float, Array]], size_px: tuple[int, int]) -> Answer:
    nothing = np.zeros((0, size_px[1], size_px[0], 3), np.uint8)
    return {"done": done}, {
        "used": np.array([index for index, _, _ in found], np.int64),
        "times": np.array([time_s for _, time_s, _ in found], np.float64),
        "pixels": np.stack([pixels for _, _, pixels in found]) if found else nothing,
    }


def _reel(descriptor: int, arguments: Mapping[str, Json]) -> Reel:
    return open_reel(descriptor, str(arguments["mime_type"]), _limits(arguments))


def _limits(arguments: Mapping[str, Json]) -> MediaLimits:
    return MediaLimits(**cast("Mapping[str, int]", arguments["limits"]))


def _number(arguments: Mapping[str, Json], name: str) -> float:
    return float(cast(float, arguments[name]))


def _tiny_clip(codec: str, container_format: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, mode="w", format=container_format) as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=25))
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        stream.codec_context.thread_count = 1
        for shade in (40, 200, 90):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), shade, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file.getvalue()
