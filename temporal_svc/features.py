"""What `flow_consistency` and `blending_flicker` measure on a face clip. Fitting imports these very functions.

Lengths are in shares of the face's width, so that near and far faces compare; brightness is in [0, 255].
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from kit.vision.clips import FaceClip

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]

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
    grey = [cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY) for picture in clip.pixels]
    finder = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
    face_px = float(np.median(clip.boxes[:, 2] - clip.boxes[:, 0]))
    flows = [finder.calc(before, after, None) for before, after in itertools.pairwise(grey)]
    parts = [zones(box, grey[0].shape[0]) for box in clip.boxes[:-1]]
    rows = []
    for index, (flow, part) in enumerate(zip(flows, parts, strict=True)):
        change = flow - flows[index - 1] if index else np.zeros_like(flow)
        rows.append(
            _motion(flow / face_px, change / face_px, part) + _unexplained(grey[index], grey[index + 1], flow, part)
        )
    return _over_time(np.asarray(rows, dtype=np.float32))


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


def _unexplained(before: npt.NDArray[np.uint8], after: npt.NDArray[np.uint8], flow: Floats, part: Zones) -> list[float]:
    """What of the brightness motion does not explain, in each zone, and how the face compares."""
    side = before.shape[0]
    rows, columns = np.mgrid[:side, :side].astype(np.float32)
    moved = cv2.remap(
        after, columns + flow[..., 0], rows + flow[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    gap = np.abs(moved.astype(np.float32) - before)
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
