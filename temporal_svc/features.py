"""What `flow_consistency` and `blending_flicker` measure on a face clip. Fitting imports these very functions.

Lengths are in shares of the face's width, so that near and far faces compare; brightness is in [0, 255].
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from kit.vision.clips import FaceClip

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

MAP_CELLS: Final = 32
"""Rows and columns of `motion_maps`."""
SERIES, MAPS = 40, 9
"""Numbers per moment of `motion_series`, planes per moment of `motion_maps`."""
_LOOKS: Final = 18
_FLOOR: Final = 1e-3
_INNER, _EDGE_IN, _EDGE_OUT, _OUTSIDE = 0.38, 0.42, 0.62, 0.7
"""Radii of the zones as shares of the face box's sides, from its centre: the face, its border, what lies around."""


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Where in one (S, S) picture of a clip which part lies."""

    face: Bools
    border: Bools
    around: Bools


def zones(box: Floats, side_px: int) -> Zones:
    """Ellipses around the box (left, top, right, bottom in pixels of the clip)."""
    rows, columns = np.mgrid[:side_px, :side_px].astype(np.float32) + 0.5
    across = (columns - (box[0] + box[2]) / 2) / max(1.0, float(box[2] - box[0]))
    down = (rows - (box[1] + box[3]) / 2) / max(1.0, float(box[3] - box[1]))
    radius = np.hypot(across, down)
    return Zones(radius < _INNER, (radius > _EDGE_IN) & (radius < _EDGE_OUT), radius > _OUTSIDE)


def flow_features(clip: FaceClip) -> Floats:
    """(66,) how the face moves against its border and its surroundings.

    Dense inverse search flow (Kroeger et al., "Fast Optical Flow using Dense Inverse Search", ECCV 2016) from picture to
    picture; per pair 22 numbers, of which mean, spread and 90% quantile over the clip are given. Forged faces move apart from
    the head that carries them: Amerini et al., "Deepfake Video Detection through Optical Flow based CNN" (ICCVW 2019).
    """
    return _over_time(motion_series(clip)[:, _LOOKS:])


@functools.lru_cache(maxsize=32)
def motion_series(clip: FaceClip) -> Floats:
    """(T - 1, 40) per picture: the 18 numbers of `flicker_features` and the 22 of `flow_features`, in order of time."""
    grey, flows, face_px = _flows(clip)
    rows = []
    for index, flow in enumerate(flows):
        part = zones(clip.boxes[index], grey[0].shape[0])
        change = flow - flows[index - 1] if index else np.zeros_like(flow)
        moved = _motion(flow / face_px, change / face_px, part) + _unexplained(grey[index], grey[index + 1], flow, part)
        rows.append(_look(clip.pixels[index], part) + moved)
    return np.asarray(rows, dtype=np.float32)


def motion_maps(clip: FaceClip) -> Floats:
    """(T - 1, 9, 32, 32) what changes from picture to picture, cell by cell, after the movement of the head is taken out.

    In order: logarithm of the brightness that motion does not explain, the same with its sign, motion to the right and down
    beyond the affine motion of face and border, fine detail against the picture's mean and its change, changes of Y, Cr and Cb.
    """
    grey, flows, face_px = _flows(clip)
    colours = [cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb).astype(np.float32) for picture in clip.pixels]
    planes = [
        np.stack([_cells(np.ascontiguousarray(picture[..., plane])) for plane in range(3)]) for picture in colours
    ]
    detail = [_log_detail(picture.astype(np.float32)) for picture in grey]
    rows = []
    for index, flow in enumerate(flows):
        part = zones(clip.boxes[index], grey[0].shape[0])
        gap = _gap(grey[index], grey[index + 1], flow)
        beyond = np.clip(_beyond_rigid(flow, part.face | part.border) / face_px * 40, -3, 3)
        change = np.clip((planes[index + 1] - planes[index]) / 4, -3, 3)
        seen = [
            np.log(_cells(np.abs(gap)) + 0.5),
            _cells(gap) / 4,
            _cells(np.ascontiguousarray(beyond[..., 0])),
            _cells(np.ascontiguousarray(beyond[..., 1])),
            detail[index] - detail[index].mean(),
            (detail[index + 1] - detail[index]) * 2,
            *change,
        ]
        rows.append(np.stack(seen))
    return np.asarray(rows, dtype=np.float32)


def flicker_features(clip: FaceClip) -> Floats:
    """(54,) how colour, sharpness and edges of the face waver against what lies around it.

    Pasting picture by picture leaves light, colour and seam unsteady; 18 series over the clip, of each the logarithms of its
    level, of its change from picture to picture and of its second difference, which a steady drift does not raise.
    """
    series = np.asarray(
        [_look(picture, zones(box, picture.shape[0])) for picture, box in zip(clip.pixels, clip.boxes, strict=True)],
        dtype=np.float32,
    )  # (T, 18)
    change, bend = np.abs(np.diff(series, axis=0)), np.abs(np.diff(series, n=2, axis=0))
    level = np.sign(series.mean(axis=0)) * np.log1p(np.abs(series.mean(axis=0)))
    return np.concatenate([level, np.log(change.mean(axis=0) + _FLOOR), np.log(bend.mean(axis=0) + _FLOOR)]).astype(
        np.float32
    )


def _motion(flow: Floats, change: Floats, part: Zones) -> list[float]:
    speed, jerk = np.linalg.norm(flow, axis=2), np.linalg.norm(change, axis=2)
    rigid = [_rigid_motion(flow, zone) for zone in (part.face, part.border)]
    apart = np.abs(rigid[0][0] - rigid[1][0])
    return [
        *(_log(float(speed[zone].mean())) for zone in (part.face, part.border, part.around)),
        *(_log(float(jerk[zone].mean())) for zone in (part.face, part.border, part.around)),
        *(_log(residue) for _, residue in rigid),
        *(_log(float(value)) for value in apart),
        _log(float(np.linalg.norm(flow[part.face].mean(axis=0) - flow[part.border].mean(axis=0)))),
        _log(float(np.linalg.norm(flow[part.border].mean(axis=0) - flow[part.around].mean(axis=0)))),
    ]


def _rigid_motion(flow: Floats, zone: Bools) -> tuple[Floats, float]:
    """(6,) least-squares affine motion of a zone, and the root mean square of what it leaves."""
    rows, columns = np.nonzero(zone)
    side = flow.shape[0]
    ground = np.stack([np.ones(rows.size), columns / side - 0.5, rows / side - 0.5], axis=1)
    found, *_ = np.linalg.lstsq(ground, flow[zone].astype(np.float64), rcond=None)
    left = flow[zone] - ground @ found
    return np.asarray(found.ravel(), dtype=np.float32), float(np.sqrt(np.mean(left**2)))


# Three tests look at the same clips one after the other, a batch of sixteen at a time: flow is the dear part of all of them.
@functools.lru_cache(maxsize=32)
def _flows(clip: FaceClip) -> tuple[list[npt.NDArray[np.uint8]], list[Floats], float]:
    """Brightness (S, S) of each picture, flow (S, S, 2) from each to the next in pixels, and the width of the face in pixels."""
    grey = [
        np.ascontiguousarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb)[..., 0], dtype=np.uint8)
        for picture in clip.pixels
    ]
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    nothing = np.zeros((*grey[0].shape, 2), dtype=np.float32)
    flows = [finder.calc(before, after, nothing.copy()) for before, after in itertools.pairwise(grey)]
    face_px = float(np.median(clip.boxes[:, 2] - clip.boxes[:, 0]))
    return grey, [np.asarray(flow, dtype=np.float32) for flow in flows], face_px


def _gap(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8], flow: Floats) -> Floats:
    """(S, S) what of the brightness motion does not explain."""
    side = before.shape[0]
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    moved = cv2.remap(
        after, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(moved.astype(np.float32) - before, dtype=np.float32)


def _beyond_rigid(flow: Floats, zone: Bools) -> Floats:
    """(S, S, 2) flow less the affine motion that fits a zone best, everywhere."""
    side = flow.shape[0]
    rows, columns = np.mgrid[:side, :side]
    ground = np.stack([np.ones(side * side), columns.ravel() / side - 0.5, rows.ravel() / side - 0.5], axis=1)
    inside = zone.ravel()
    found, *_ = np.linalg.lstsq(ground[inside], flow.reshape(-1, 2)[inside].astype(np.float64), rcond=None)
    return np.asarray(flow - (ground @ found).reshape(flow.shape), dtype=np.float32)


def _log_detail(brightness: Floats) -> Floats:
    fine = np.abs(brightness - cv2.GaussianBlur(brightness, (0, 0), 1.2))
    return np.asarray(np.log(_cells(fine) + 0.5), dtype=np.float32)


def _cells(plane: Floats) -> Floats:
    """(32, 32) means of an (S, S) plane."""
    return np.asarray(cv2.resize(plane, (MAP_CELLS, MAP_CELLS), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _unexplained(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8], flow: Floats, part: Zones) -> list[float]:
    """What of the brightness motion does not explain, in each zone, and how the face compares."""
    gap = np.abs(_gap(before, after, flow))
    detail = np.abs(cv2.Laplacian(before, cv2.CV_32F))
    inside, border, around = (_log(float(gap[zone].mean())) for zone in (part.face, part.border, part.around))
    return [
        inside,
        border,
        around,
        inside - border,
        inside - around,
        inside - _log(float(detail[part.face].mean())),
    ]


def _look(picture: npt.NDArray[np.uint8], part: Zones) -> list[float]:
    colours = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb).astype(np.float32)
    detail = colours[..., 0] - cv2.GaussianBlur(colours[..., 0], (0, 0), 1.2)
    slope = np.hypot(cv2.Sobel(colours[..., 0], cv2.CV_32F, 1, 0), cv2.Sobel(colours[..., 0], cv2.CV_32F, 0, 1))
    parts = (part.face, part.border, part.around)
    means = [colours[zone].mean(axis=0) for zone in parts]
    sharpness = [_log(float(np.abs(detail[zone]).mean())) for zone in parts]
    edges = [_log(float(slope[zone].mean())) for zone in parts]
    return [
        *(means[0] - means[1]),
        *(means[0] - means[2]),
        *means[0],
        *sharpness,
        sharpness[0] - sharpness[1],
        *edges,
        edges[0] - edges[1],
        _log(float(colours[part.face, 0].std())),
    ]


def _over_time(rows: Floats) -> Floats:
    return np.concatenate([rows.mean(axis=0), rows.std(axis=0), np.quantile(rows, 0.9, axis=0)]).astype(np.float32)


def _log(value: float) -> float:
    return float(np.log(value + _FLOOR))
