"""Short clips along the paths of faces: where they lie, and how decoded crops become them.

A clip is CLIP_FRAMES squares around one face at even steps of time. The square keeps its size and follows the smoothed centre of
the face. Training and serving call these very functions, so that what a network learned on is what it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.spans import Span
from kit.media.video import CropPath, Crops, read_crops
from kit.vision.paths import FacePath

Times = npt.NDArray[np.float64]

CLIP_SIDE_PX: Final = 128
"""Side of a clip's pictures."""
CLIP_SCALE: Final = 1.6
"""Side of the square, as a multiple of the longer side of the face box."""
CLIP_FRAMES: Final = 16
CLIP_RATE_FPS: Final = 12.5
CLIP_S: Final = CLIP_FRAMES / CLIP_RATE_FPS
"""Length of a clip: 1.28 s."""
CLIP_HOP_S: Final = 0.64
"""From the start of one clip to that of the next; also the shortest stretch that makes a clip."""
MIN_DIFFERENT_FRAMES: Final = 6
"""A slow video repeats the nearest frame, but a clip of fewer frames than these shows no movement."""

MAX_PEOPLE: Final = 8
"""Most faces that clips are cut of, those with most to see."""

_HOP_FRAMES: Final = round(CLIP_HOP_S * CLIP_RATE_FPS)
# A square keeps its size over a run of clips: longer runs would let people walk out of it.
_MAX_RUN_FRAMES: Final = CLIP_FRAMES + 7 * _HOP_FRAMES
_SMOOTHED_FRAMES: Final = 5
# Faces are looked for every 0.16 s: the last look at a stretch lies up to that long before its end.
_LOOK_S: Final = 0.2
_BATCH_FRAMES: Final = 1024
# Share of a frame that a stretch may lack by rounding of its ends.
_SLACK: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class FaceClip:
    """One face over about a second."""

    track_id: int
    start_s: float
    end_s: float
    times_s: Times
    """(T,) of the frames shown, from the beginning of the media; a slow video shows a frame more than once."""
    pixels: npt.NDArray[np.uint8]
    """(T, S, S, 3), RGB."""
    boxes: npt.NDArray[np.float32]
    """(T, 4) left, top, right, bottom of the face in pixels of the clip."""
    landmarks: npt.NDArray[np.float32]
    """(T, 5, 2) x and y in pixels of the clip, in the order of `kit.vision.faces.Face`."""
    face_px: float
    """Longer side of the face box in pixels of the file, median over the clip."""


@dataclass(frozen=True, slots=True, eq=False)
class ClipRequest:
    """A run of overlapping clips of one face, whose crops are decoded once."""

    face: FacePath
    crops: CropPath
    """The moments and squares to decode."""
    first_rows: tuple[int, ...]
    """Row of `crops` at which each clip starts; each has CLIP_FRAMES rows."""


def clip_requests(paths: Sequence[FacePath], examined: Sequence[Span]) -> list[ClipRequest]:
    """All clips of some faces within the stretches that were examined, in order of time.

    A clip starts every CLIP_HOP_S for as long as the face is there. Where it is there for less than a clip, but for CLIP_HOP_S,
    one clip shows that time at a higher rate.
    """
    stretches = _joined(examined)
    requests = [
        _request(path, times)
        for path in paths
        for stretch in stretches
        for run in _runs(path, stretch)
        for times in _pieces(run)
    ]
    return sorted(requests, key=lambda request: float(request.crops.times_s[0]))


def read_clips(
    sandbox: Sandbox,
    media: MediaFile,
    limits: MediaLimits,
    paths: Sequence[FacePath],
    examined: Sequence[Span],
    *,
    cancel: CancelToken | None = None,
    timeout_s: float | None = None,
) -> Iterator[FaceClip]:
    """Decodes the clips of the first MAX_PEOPLE faces, about in order of time, in reads of at most 48 MiB and `timeout_s` each.

    Raises what `read_crops` raises.
    """
    for batch in _batches(clip_requests(paths[:MAX_PEOPLE], examined)):
        wanted = [request.crops for request in batch]
        read = read_crops(sandbox, media, limits, wanted, side_px=CLIP_SIDE_PX, timeout_s=timeout_s, cancel=cancel)
        for request, crops in zip(batch, read, strict=True):
            yield from face_clips(request, crops)


def face_clips(request: ClipRequest, crops: Crops) -> list[FaceClip]:
    """The clips of a request from its crops, of which some may be missing.

    Clips that are not complete, or that show fewer than MIN_DIFFERENT_FRAMES frames, are left out.
    """
    clips = (_clip(request, crops, first) for first in request.first_rows if _complete(crops, first))
    return [clip for clip in clips if np.unique(clip.times_s).size >= MIN_DIFFERENT_FRAMES]


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Spans in order of time, those that touch as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start_s):
        if joined and span.start_s <= joined[-1].end_s + 0.5 / CLIP_RATE_FPS:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, span.end_s))
        else:
            joined.append(span)
    return joined


def _runs(path: FacePath, stretch: Span) -> Iterator[Times]:
    """The moments of a stretch, at CLIP_RATE_FPS, for as long as the face is there without a gap."""
    count = int((stretch.end_s - stretch.start_s) * CLIP_RATE_FPS + _SLACK)
    times_s = stretch.start_s + np.arange(count) / CLIP_RATE_FPS
    looked_at = np.clip(times_s, stretch.start_s + _LOOK_S, max(stretch.end_s - _LOOK_S, stretch.start_s + _LOOK_S))
    there = path.covered(times_s) | path.covered(looked_at)
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False))
    for first, end in zip(edges[::2], edges[1::2], strict=True):
        yield times_s[first:end]


def _pieces(run: Times) -> Iterator[Times]:
    """A run in pieces of at most _MAX_RUN_FRAMES that overlap as clips do; nothing when it is too short for a clip."""
    if _HOP_FRAMES <= len(run) < CLIP_FRAMES:
        yield run[0] + np.arange(CLIP_FRAMES) * (len(run) / CLIP_RATE_FPS / CLIP_FRAMES)
    for first in range(0, len(run) - CLIP_FRAMES + 1, _MAX_RUN_FRAMES - CLIP_FRAMES + _HOP_FRAMES):
        yield run[first : first + _MAX_RUN_FRAMES]


def _request(path: FacePath, times_s: Times) -> ClipRequest:
    boxes, _ = path.at(times_s)
    half = CLIP_SCALE * float(np.median(_longer_sides(boxes))) / 2
    centres = _smoothed((boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2)  # (T, 2)
    squares = np.concatenate([centres - half, centres + half], axis=1)  # (T, 4)
    first_rows = tuple(range(0, len(times_s) - CLIP_FRAMES + 1, _HOP_FRAMES))
    return ClipRequest(path, CropPath(times_s, squares), first_rows)


def _batches(requests: Sequence[ClipRequest]) -> Iterator[list[ClipRequest]]:
    """Neighbours in time together, up to _BATCH_FRAMES crops."""
    batch: list[ClipRequest] = []
    for request in requests:
        if batch and sum(len(each.crops.times_s) for each in (*batch, request)) > _BATCH_FRAMES:
            yield batch
            batch = []
        batch.append(request)
    if batch:
        yield batch


def _smoothed(centres: Times) -> Times:
    """(T, 2) after a moving mean over _SMOOTHED_FRAMES; the ends are repeated outwards."""
    margin = _SMOOTHED_FRAMES // 2
    padded = np.pad(centres, ((margin, margin), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _SMOOTHED_FRAMES, axis=0)  # (T, 2, 5)
    return np.asarray(windows.mean(axis=-1), dtype=np.float64)


def _complete(crops: Crops, first: int) -> bool:
    last = int(np.searchsorted(crops.asked, first)) + CLIP_FRAMES - 1
    return last < len(crops.asked) and int(crops.asked[last]) == first + CLIP_FRAMES - 1


def _clip(request: ClipRequest, crops: Crops, first: int) -> FaceClip:
    wanted_s = request.crops.times_s[first : first + CLIP_FRAMES]
    found = int(np.searchsorted(crops.asked, first))
    rows = slice(found, found + CLIP_FRAMES)
    boxes, landmarks = request.face.at(crops.times_s[rows])
    squares = crops.squares_px[rows]  # (T, 4)
    corner, scale = squares[:, None, :2], CLIP_SIDE_PX / (squares[:, 2] - squares[:, 0])[:, None, None]
    return FaceClip(
        track_id=request.face.track_id,
        start_s=float(wanted_s[0]),
        end_s=float(2 * wanted_s[-1] - wanted_s[-2]),
        times_s=crops.times_s[rows],
        pixels=crops.pixels[rows],
        boxes=((boxes.reshape(-1, 2, 2) - corner) * scale).reshape(-1, 4).astype(np.float32),
        landmarks=((landmarks - corner) * scale).astype(np.float32),
        face_px=float(np.median(_longer_sides(boxes))),
    )


def _longer_sides(boxes: npt.NDArray[np.floating]) -> Times:
    """(T,) of boxes (T, 4)."""
    return np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]).astype(np.float64)
