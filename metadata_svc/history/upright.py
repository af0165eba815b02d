"""From blocks of the stored picture to places in the picture as it is shown, after the EXIF rotation."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from kit.convert.evidence import evidence_map, normalized_box
from metadata_svc.history.luma import BLOCK_PX, Luma
from telltale.common.v1 import evidence_pb2, faces_pb2

_TURNS: Final = {3: 2, 6: 3, 8: 1}
"""Quarter turns against the clock that make a picture of this orientation upright."""
_MIRRORED: Final = {2: 1, 4: 3, 5: 6, 7: 8}
"""The orientation whose turn is to be followed by a left-right flip."""
_MOST_REGIONS: Final = 5
_LEAST_BLOCKS: Final = 9

Doubles = npt.NDArray[np.float64]


def upright(grid: Doubles, orientation: int) -> Doubles:
    """The grid as it lies over the shown picture."""
    turned = np.rot90(grid, _TURNS.get(_MIRRORED.get(orientation, orientation), 0))
    return np.ascontiguousarray(turned[:, ::-1] if orientation in _MIRRORED else turned)


def area_of(luma: Luma) -> faces_pb2.NormalizedBox:
    """The part of the shown picture that its whole blocks cover."""
    height, width = (side // BLOCK_PX * BLOCK_PX for side in luma.plane.shape)
    left, top = luma.left_px, luma.top_px
    right, bottom = luma.width_px - left - width, luma.height_px - top - height
    margins = {1: (left, top, right, bottom), 3: (right, bottom, left, top), 6: (bottom, left, top, right),
               8: (top, right, bottom, left)}[_MIRRORED.get(luma.orientation, luma.orientation)]  # fmt: skip
    if luma.orientation in _MIRRORED:
        margins = (margins[2], margins[1], margins[0], margins[3])
    sides = (luma.width_px, luma.height_px) if luma.orientation < 5 else (luma.height_px, luma.width_px)
    box = (margins[0], margins[1], sides[0] - margins[2], sides[1] - margins[3])
    return normalized_box(box, *sides)


def map_of(grid: Doubles, luma: Luma) -> evidence_pb2.EvidenceMap:
    """The evidence map of a grid (rows, columns) of stored blocks with values in [0, 1]."""
    return evidence_map(upright(grid, luma.orientation), area_of(luma))


def regions_of(grid: Doubles, least: float, luma: Luma) -> list[evidence_pb2.Region]:
    """The largest connected parts of the grid at or above `least`, strongest first."""
    shown, area = upright(grid, luma.orientation), area_of(luma)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((shown >= least).astype(np.uint8))
    sizes = stats[1:count, cv2.CC_STAT_AREA]
    largest = [int(label) + 1 for label in np.argsort(-sizes, kind="stable") if sizes[label] >= _LEAST_BLOCKS]
    strengths = {label: float(shown[labels == label].mean()) for label in largest[:_MOST_REGIONS]}
    strongest = max(strengths.values(), default=1.0)
    return [
        evidence_pb2.Region(box=_inside(area, stats[label], shown.shape), strength=strength / strongest)
        for label, strength in sorted(strengths.items(), key=lambda entry: -entry[1])
    ]


def _inside(
    area: faces_pb2.NormalizedBox, stats: npt.NDArray[np.int32], shape: tuple[int, ...]
) -> faces_pb2.NormalizedBox:
    left, top, width, height = (int(value) for value in stats[:4])
    across, down = (area.x_max - area.x_min) / shape[1], (area.y_max - area.y_min) / shape[0]
    return faces_pb2.NormalizedBox(
        x_min=area.x_min + left * across,
        y_min=area.y_min + top * down,
        x_max=min(1.0, area.x_min + (left + width) * across),
        y_max=min(1.0, area.y_min + (top + height) * down),
    )
