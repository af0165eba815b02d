"""The mouths of the people in view: how the points around their lips move in the head's own axes, 25 times a second.

Training and serving call these very functions, so that what a network learned on is what it is asked about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import cv2
import numpy as np
import numpy.typing as npt

from av_sync_svc.face_mesh import FACE_SCALE, SIDE_PX, FaceMesh, Floats, in_head_axes
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox
from kit.media.spans import Span
from kit.media.video import CropPath, Crops, read_crops
from kit.vision.paths import FacePath, path_of
from telltale.image.v1 import image_service_pb2

Times = npt.NDArray[np.float64]

MOUTH_RATE_FPS: Final = 25.0
"""Looks at a mouth per second; moments are whole multiples of a look from the first picture, for everybody alike."""
MAX_PEOPLE: Final = 4
"""Most people whose mouths are read, those with most to see."""
MARGIN_S: Final = 0.6
"""Mouths are read this long before and after speech: sound may be late or early, and lips move before they sound."""

OUTER_LIPS: Final = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
INNER_LIPS: Final = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
JAW: Final = (152, 148, 377, 199, 172, 397, 136, 365, 205, 425, 212, 432)
MOUTH_POINTS: Final = (*OUTER_LIPS, *INNER_LIPS, *JAW)
"""Numbers of the points of a mouth in the face mesh: outer rim of the lips, inner rim, chin, jaw and cheeks."""
_LOWER, _UPPER = MOUTH_POINTS.index(14), MOUTH_POINTS.index(13)

_PIECE_FRAMES: Final = 250
_BATCH_FRAMES: Final = 512
_SLACK: Final = 0.05
# Faces are looked for every 0.16 s: the first and last look at a stretch lie up to that long inside it.
_LOOK_S: Final = 0.2
# Looks without a face that are bridged: a blink of the face finder, not somebody else's shoulder.
_BRIDGED_S: Final = 0.13
_SHORTEST_FRAMES: Final = 8
# The mesh was learned on upright faces; less than this is left as it is, because turning costs sharpness.
_UPRIGHT_DEG: Final = 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """One person's mouth over one stretch of time without a gap."""

    track_id: int
    times_s: Times
    """(T,) even steps of 1 / MOUTH_RATE_FPS, from the first picture."""
    points: Floats
    """(T, 52, 3) MOUTH_POINTS in the head's axes (see `face_mesh.in_head_axes`), unit: distance of the outer eye corners."""
    face_px: float
    """Longer side of the face box in pixels of the file, median."""

    @property
    def openness(self) -> Floats:
        """(T,) distance of the inner lips, in distances of the outer eye corners."""
        return np.asarray(np.linalg.norm(self.points[:, _LOWER] - self.points[:, _UPPER], axis=-1), dtype=np.float32)


class MouthReader(Protocol):
    """Cuts faces out of a video and finds the points of each."""

    def crops(self, media: MediaFile, paths: Sequence[CropPath], cancel: CancelToken | None) -> list[Crops]:
        """The squares along some paths. Raises UndecodableMedia, DecoderStopped, Cancelled."""
        ...

    @property
    def mesh(self) -> FaceMesh:
        """Finds the points of a face."""
        ...


@dataclass(frozen=True, slots=True)
class SandboxMouthReader:
    """Cuts them out in the sandbox, under limits."""

    sandbox: Sandbox
    limits: MediaLimits
    mesh: FaceMesh

    def crops(self, media: MediaFile, paths: Sequence[CropPath], cancel: CancelToken | None) -> list[Crops]:
        """One read of all paths."""
        return read_crops(self.sandbox, media, self.limits, paths, side_px=SIDE_PX, cancel=cancel)


def read_mouths(
    reader: MouthReader,
    media: MediaFile,
    tracks: image_service_pb2.FaceTracks,
    width_px: int,
    height_px: int,
    spans: Sequence[Span],
    cancel: CancelToken | None = None,
) -> Iterator[Mouth]:
    """The mouths of the first MAX_PEOPLE faces of a video of `width_px` by `height_px`, in and around some stretches.

    Raises Cancelled, what the reader raises, and InvalidRequest for tracks that are not in order of time or lack landmarks.
    """
    paths = [path_of(track, width_px, height_px) for track in tracks.tracks[:MAX_PEOPLE]]
    yield from mouths_along(reader, media, paths, spans, cancel)


def mouths_along(
    reader: MouthReader,
    media: MediaFile,
    paths: Sequence[FacePath],
    spans: Sequence[Span],
    cancel: CancelToken | None = None,
) -> Iterator[Mouth]:
    """The mouths of the faces on some paths, in and around some stretches; one per face and stretch without a gap."""
    pieces = sorted(
        (_Piece(path, times) for path in paths for stretch in _around(spans) for times in _pieces(path, stretch)),
        key=lambda piece: float(piece.times_s[0]),
    )
    seen: dict[int, list[_Seen]] = {}
    for batch in _batches(pieces):
        crops = reader.crops(media, [piece.squares for piece in batch], cancel)
        for piece, cut in zip(batch, crops, strict=True):
            if cancel:
                cancel.raise_if_cancelled()
            if len(cut.times_s):
                seen.setdefault(piece.path.track_id, []).append(_look(reader.mesh, piece, cut))
    for track_id, looks in sorted(seen.items()):
        yield from _mouths(track_id, looks)


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    path: FacePath
    times_s: Times

    @property
    def face_px(self) -> float:
        boxes, _ = self.path.at(self.times_s)
        return float(np.median(np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])))

    @property
    def squares(self) -> CropPath:
        """One size for the whole piece, so that the scale does not jump by whole pixels."""
        boxes, _ = self.path.at(self.times_s)
        centres = (boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2
        half = FACE_SCALE * self.face_px / 2
        return CropPath(self.times_s, np.concatenate([centres - half, centres + half], axis=1))

    @property
    def roll_deg(self) -> float:
        """By how much the line between the eyes is turned, median."""
        _, landmarks = self.path.at(self.times_s)
        across = landmarks[:, 1] - landmarks[:, 0]
        return float(np.median(np.degrees(np.arctan2(across[:, 1], across[:, 0]))))


@dataclass(frozen=True, slots=True, eq=False)
class _Seen:
    """The looks of a piece at which there was a face."""

    times_s: Times
    points: Floats
    face_px: float


def _around(spans: Sequence[Span]) -> list[Span]:
    """Stretches with their margins, in order of time, those that touch as one."""
    joined: list[Span] = []
    for span in sorted(spans, key=lambda span: span.start_s):
        wider = Span(max(0.0, span.start_s - MARGIN_S), span.end_s + MARGIN_S)
        if joined and wider.start_s <= joined[-1].end_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, wider.end_s))
        else:
            joined.append(wider)
    return joined


def _pieces(path: FacePath, stretch: Span) -> Iterator[Times]:
    """The moments of a stretch at which the face is in view, at most _PIECE_FRAMES at a time."""
    first = int(np.ceil(stretch.start_s * MOUTH_RATE_FPS - _SLACK))
    times_s = np.arange(first, int(stretch.end_s * MOUTH_RATE_FPS + _SLACK) + 1) / MOUTH_RATE_FPS
    there = path.covered(times_s) | path.covered(times_s - _LOOK_S) | path.covered(times_s + _LOOK_S)
    edges = np.flatnonzero(np.diff(there, prepend=False, append=False))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        for piece in range(int(start), int(end), _PIECE_FRAMES):
            yield times_s[piece : min(int(end), piece + _PIECE_FRAMES)]


def _batches(pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    """Neighbours in time together, so that the pictures of several people are decoded once."""
    batch: list[_Piece] = []
    for piece in pieces:
        if batch and sum(len(each.times_s) for each in (*batch, piece)) > _BATCH_FRAMES:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def _look(mesh: FaceMesh, piece: _Piece, crops: Crops) -> _Seen:
    points, presence = mesh.points(_upright(crops.pixels, piece.roll_deg))
    # A frame that is the nearest to two moments counts once; and where the video ended, the last one is not repeated for ever.
    _, firsts = np.unique(crops.times_s, return_index=True)
    near = np.abs(crops.times_s[firsts] - piece.times_s[crops.asked[firsts]]) <= _BRIDGED_S
    kept = firsts[near & (presence[firsts] > 0)]
    return _Seen(crops.times_s[kept], in_head_axes(points[kept])[:, MOUTH_POINTS], piece.face_px)


def _upright(pixels: npt.NDArray[np.uint8], roll_deg: float) -> npt.NDArray[np.uint8]:
    if abs(roll_deg) < _UPRIGHT_DEG:
        return pixels
    middle = (SIDE_PX - 1) / 2
    turn = cv2.getRotationMatrix2D((middle, middle), roll_deg, 1.0)
    size = (SIDE_PX, SIDE_PX)
    return np.stack([cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REPLICATE) for picture in pixels])


def _mouths(track_id: int, looks: Sequence[_Seen]) -> Iterator[Mouth]:
    times_s = np.concatenate([look.times_s for look in looks])
    points = np.concatenate([look.points for look in looks])
    sizes = np.concatenate([np.full(len(look.times_s), look.face_px) for look in looks])
    breaks = np.flatnonzero(np.diff(times_s) > _BRIDGED_S) + 1
    for run in np.split(np.arange(len(times_s)), breaks):
        if len(run) >= _SHORTEST_FRAMES:
            grid_s = _grid(times_s[run[0]], times_s[run[-1]])
            yield Mouth(track_id, grid_s, _resampled(grid_s, times_s[run], points[run]), float(np.median(sizes[run])))


def _grid(first_s: float, last_s: float) -> Times:
    first, last = np.ceil(first_s * MOUTH_RATE_FPS - _SLACK), np.floor(last_s * MOUTH_RATE_FPS + _SLACK)
    return np.asarray(np.arange(int(first), int(last) + 1) / MOUTH_RATE_FPS, dtype=np.float64)


def _resampled(grid_s: Times, times_s: Times, points: Floats) -> Floats:
    """Points (T, P, 3) at even moments, linear between the frames that were really shown, whatever the file's frame rate."""
    flat = points.reshape(len(points), -1)
    columns = [np.interp(grid_s, times_s, column) for column in flat.T]
    return np.stack(columns, axis=-1).reshape(-1, *points.shape[1:]).astype(np.float32)
