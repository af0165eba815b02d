"""Evidence maps as pictures: colour and opacity tell how strongly a test responded there."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from kit.errors import Internal
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2

MAX_SIDE_PX = 1024

Grid = npt.NDArray[np.uint8]


def heatmap_png(evidence_map: evidence_pb2.EvidenceMap, info: media_pb2.MediaInfo) -> bytes:
    """A PNG (RGBA, 8 bit) in the proportions of the picture, its longer side at most 1024 px, to be laid over it.

    Clear where the test did not respond or did not look, opaque where it responded most.
    """
    grid = np.frombuffer(evidence_map.values, np.uint8).reshape(evidence_map.height, evidence_map.width)
    width, height = _canvas(info.width_px or evidence_map.width, info.height_px or evidence_map.height)
    left, top, right, bottom = _place(evidence_map, width, height)
    strength = np.zeros((height, width), np.uint8)  # (H, W), 0 none to 255 strongest
    # Linear, because cubic overshoots: it would show a response where there was none.
    strength[top:bottom, left:right] = cv2.resize(grid, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    colours = cv2.applyColorMap(strength, cv2.COLORMAP_TURBO)  # (H, W, 3), blue first
    encoded, png = cv2.imencode(".png", np.dstack([colours, strength]))
    if not encoded:
        raise Internal("the map could not be written as PNG")
    return png.tobytes()


def _canvas(width_px: int, height_px: int) -> tuple[int, int]:
    scale = min(1.0, MAX_SIDE_PX / max(width_px, height_px))
    return max(1, round(width_px * scale)), max(1, round(height_px * scale))


def _place(evidence_map: evidence_pb2.EvidenceMap, width: int, height: int) -> tuple[int, int, int, int]:
    whole = faces_pb2.NormalizedBox(x_max=1.0, y_max=1.0)
    area = evidence_map.area if evidence_map.HasField("area") else whole
    left = min(int(area.x_min * width), width - 1)
    top = min(int(area.y_min * height), height - 1)
    right = max(left + 1, round(area.x_max * width))
    bottom = max(top + 1, round(area.y_max * height))
    return left, top, right, bottom
