"""Videos: a survey of the whole, frames of chosen stretches, squares that follow something through time.

All times are seconds from the first picture, all pixels RGB and upright. Nothing here decodes: see kit.media.video_tasks.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from kit.errors import InvalidRequest
from kit.media.batches import checked_times, job_of, pieces_of
from kit.media.cancel import CancelToken
from kit.media.facts import THUMBNAIL_PX, Array, Survey, VideoFacts
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Json, Sandbox, SandboxResult
from kit.media.spans import Span
from kit.media.values import distrusted, integer, real, text, truth

__all__ = [
    "PRELOAD",
    "CropPath",
    "Crops",
    "Frames",
    "Span",
    "Survey",
    "VideoFacts",
    "facts_of",
    "read_crops",
    "read_frames",
    "survey_video",
]

PRELOAD = ("kit.media.video_tasks:warm_up",)
"""What a sandbox must preload for everything here, and for `kit.media.probe.probe` of videos."""

_MAX_SQUARE_PX = 16_384
_MAX_THUMBNAILS = 64
_ROUNDING_S = 1e-3  # of time stamps in Matroska; a frame half-way between two moments must not fall between them
_MAX_FRAMES = 2**31
_MAX_RATE_FPS = 1e9


@dataclass(frozen=True, eq=False)
class Frames:
    """A batch of frames in order of time.

    Attributes:
        times_s: float64 (T,), when each is shown, T at least 1.
        stretch: int64 (T,), index of the span it was read for.
        pixels: uint8 (T, H, W, 3), RGB, upright, read-only.
    """

    times_s: Array
    stretch: Array
    pixels: Array


@dataclass(frozen=True, eq=False)
class CropPath:
    """A square that moves over the picture.

    Attributes:
        times_s: float64 (T,), ascending.
        squares_px: float64 (T, 4), left, top, right, bottom in upright pixels of the file; it is cut at whole pixels and
            may reach beyond the picture, whose edges are then repeated.
    """

    times_s: Array
    squares_px: Array


@dataclass(frozen=True, eq=False)
class Crops:
    """What was seen along one path.

    Attributes:
        times_s: float64 (T,), of the frames really used: the nearest to those asked for. Equal times are one frame, used
            twice. Shorter than the path, down to 0, where the video could not be read.
        asked: int64 (T,), which entry of the path each is for.
        squares_px: float64 (T, 4), left, top, right, bottom as really cut.
        pixels: uint8 (T, side, side, 3), RGB.
    """

    times_s: Array
    asked: Array
    squares_px: Array
    pixels: Array


def survey_video(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    *,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> Survey:
    """Count all pictures without decoding them, and make thumbnails of up to 64 key frames.

    Raises UndecodableMedia, TooManyPixels, Cancelled, and what `Sandbox.run` raises.
    """
    result = job_of(sandbox, media, limits, timeout_s, cancel).run("survey")
    facts = facts_of(result, limits)
    thumbnails, times_s, key_times_s = (result.arrays.get(name) for name in ("thumbnails", "times", "key_times"))
    if thumbnails is None or times_s is None or key_times_s is None or thumbnails.dtype != np.uint8:
        raise distrusted("the thumbnails' form")
    count = len(thumbnails) if thumbnails.ndim else 0
    if thumbnails.shape != (count, *THUMBNAIL_PX[::-1], 3) or not 1 <= count <= _MAX_THUMBNAILS:
        raise distrusted("the thumbnails' size")
    for times, length in ((times_s, count), (key_times_s, key_times_s.size)):
        if times.dtype != np.float64 or times.shape != (length,):
            raise distrusted("the times of the key frames")
    return Survey(facts, tuple(checked_times(key_times_s).tolist()), checked_times(times_s), thumbnails)


def read_frames(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    spans: Sequence[Span],
    *,
    rate_fps: float,
    max_side_px: int,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> Iterator[Frames]:
    """Frames of `spans` in order of time, at most `rate_fps` a second, scaled down to a longer side of `max_side_px`.

    Per span, time is divided evenly; each moment takes the nearest frame within half a step, and no frame is used twice:
    a file of one frame a second gives one a second. Batches hold at most 32 MiB. A tail that cannot be read is left out.
    Raises UndecodableMedia if there is no frame at all, TooManyPixels, Cancelled, and what `Sandbox.run` raises.
    """
    grid = sorted((moment_s, index) for index, span in enumerate(spans) for moment_s in _moments(span, rate_fps))
    job = job_of(sandbox, media, limits, timeout_s, cancel)
    options: dict[str, Json] = {"reach_s": 0.5 / rate_fps + _ROUNDING_S, "max_side_px": max_side_px}
    stretch = np.array([index for _, index in grid], np.int64)
    last_s = -math.inf
    for piece in pieces_of(job, "read_frames", [moment_s for moment_s, _ in grid], {}, **options):
        if max(piece.pixels.shape[1:3]) > max_side_px:
            raise distrusted("the frames' size")
        fresh = slice(
            int((piece.times_s <= last_s).sum()), None
        )  # a batch may begin with the frame that ended the last
        last_s = float(piece.times_s[-1])
        if len(piece.times_s[fresh]):
            yield Frames(piece.times_s[fresh], stretch[piece.used[fresh]], piece.pixels[fresh])


def read_crops(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    paths: Sequence[CropPath],
    *,
    side_px: int,
    timeout_s: float | None = None,
    cancel: CancelToken | None = None,
) -> list[Crops]:
    """Follow `paths` through the video once, and scale what lies in their squares to `side_px`; one Crops per path.

    Raises as `read_frames`, UndecodableMedia only if nothing at all could be read, and InvalidRequest for a square of
    more than 16,384 px.
    """
    asked = sorted(
        (float(time_s), path_index, entry)
        for path_index, path in enumerate(paths)
        for entry, time_s in enumerate(path.times_s)
    )
    if not asked:
        return [_crops_of([], path, side_px) for path in paths]
    squares = [_whole_square(paths[path_index].squares_px[entry]) for _, path_index, entry in asked]
    seen: list[list[tuple[int, float, tuple[int, int, int], Array]]] = [[] for _ in paths]
    job = job_of(sandbox, media, limits, timeout_s, cancel)
    wanted_s = [time_s for time_s, _, _ in asked]
    each = {"squares_px": squares}
    for piece in pieces_of(job, "read_crops", wanted_s, each, side_px=side_px):
        if piece.pixels.shape[1:3] != (side_px, side_px):
            raise distrusted("the crops' size")
        for moment, time_s, pixels in zip(piece.used, piece.times_s, piece.pixels, strict=True):
            _, path_index, entry = asked[moment]
            seen[path_index].append((entry, float(time_s), squares[moment], pixels))
    return [_crops_of(entries, path, side_px) for entries, path in zip(seen, paths, strict=True)]


def facts_of(result: SandboxResult, limits: MediaLimits) -> VideoFacts:
    """The facts that the tasks `survey` and `measure_video` answer, checked. Raises DecoderStopped."""
    rotation_deg = integer(result, "rotation_deg", 0, 270)
    if rotation_deg % 90:
        raise distrusted("rotation_deg")
    return VideoFacts(
        width_px=integer(result, "width_px", 1, limits.max_side_px),
        height_px=integer(result, "height_px", 1, limits.max_side_px),
        duration_s=real(result, "duration_s", 1e-9, limits.max_video_s),
        frame_count=integer(result, "frame_count", 1, _MAX_FRAMES),
        frame_rate_fps=real(result, "frame_rate_fps", 0.0, _MAX_RATE_FPS),
        has_audio=truth(result, "has_audio"),
        rotation_deg=rotation_deg,
        codec=text(result, "codec"),
        variable_rate=truth(result, "variable_rate"),
        truncated=truth(result, "truncated"),
    )


def _moments(span: Span, rate_fps: float) -> list[float]:
    count = max(1, math.ceil(span.length_s * rate_fps - 1e-6))
    return [span.start_s + number / rate_fps for number in range(count)]


def _whole_square(square: Array) -> tuple[int, int, int]:
    """Left, top and side in whole pixels. The side alone sets the scale, so that a steady size gives a steady one."""
    left, top, right, bottom = (float(edge) for edge in square)
    length = ((right - left) + (bottom - top)) / 2
    if not np.abs(square).max() <= 2 * _MAX_SQUARE_PX or length > _MAX_SQUARE_PX:  # worded so that NaN is refused
        raise InvalidRequest(f"A square of {length:.0f} px at {left:.0f}, {top:.0f} is beyond any video.")
    side = max(1, round(length))
    return round((left + right - side) / 2), round((top + bottom - side) / 2), side


def _crops_of(entries: list[tuple[int, float, tuple[int, int, int], Array]], path: CropPath, side_px: int) -> Crops:
    empty = np.zeros((0, side_px, side_px, 3), np.uint8)
    squares = [(left, top, left + side, top + side) for _, _, (left, top, side), _ in entries]
    return Crops(
        times_s=np.array([time_s for _, time_s, _, _ in entries], np.float64),
        asked=np.array([entry for entry, _, _, _ in entries], np.int64),
        squares_px=np.array(squares, np.float64).reshape(-1, 4),
        pixels=np.stack([pixels for _, _, _, pixels in entries]) if entries else empty,
    )
