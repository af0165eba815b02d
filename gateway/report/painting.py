"""Pixels painted on: boxes round faces, maps over pictures, crops; and the JPEG that goes into a report."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from gateway.report.document import Figure
from gateway.report.eye import Pixels, reduced
from gateway.views.heatmap import heatmap_png
from kit.errors import Internal
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2

SCENE_PX, FACE_PX = 900, 320
_JPEG_QUALITY = 86
_BOX, _PAPER = (255, 214, 10), (28, 31, 36)
_MARGIN = 0.35  # of a face's size, around it


def figure(pixels: Pixels, caption: str) -> Figure:
    """A picture for a report: RGB, as JPEG."""
    encoded, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), (cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY)
    )
    if not encoded:
        raise Internal("a picture of the report could not be written as JPEG")
    return Figure(jpeg.tobytes(), "image/jpeg", pixels.shape[1], pixels.shape[0], caption)


def framed(pixels: Pixels, faces: Sequence[tuple[int, faces_pb2.FaceObservation]]) -> Pixels:
    """The picture, at most 900 px, with a numbered box round each face."""
    shown = np.ascontiguousarray(reduced(pixels, SCENE_PX)).copy()
    height, width = shown.shape[:2]
    thick = max(2, round(max(height, width) / 300))
    for track_id, face in faces:
        left, top, right, bottom = _corners(face.box, width, height)
        cv2.rectangle(shown, (left, top), (right, bottom), _BOX, thick)
        _number(shown, str(track_id + 1), left, top, thick)
    return shown


def overlaid(pixels: Pixels, evidence_map: evidence_pb2.EvidenceMap) -> Pixels:
    """The picture in grey, at most 900 px, under the map in colour."""
    shown = reduced(pixels, SCENE_PX)
    height, width = shown.shape[:2]
    png = heatmap_png(evidence_map, media_pb2.MediaInfo(width_px=width, height_px=height))
    layer = np.asarray(
        cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED), np.uint8
    )  # (H, W, 4), blue first
    grey = cv2.cvtColor(cv2.cvtColor(shown, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.float32)
    colours = cv2.cvtColor(np.ascontiguousarray(layer[..., :3]), cv2.COLOR_BGR2RGB).astype(np.float32)
    share = layer[..., 3:].astype(np.float32) / 255 * 0.75
    return np.asarray(np.rint(grey * (1 - share) + colours * share), np.uint8)


def box_crop(pixels: Pixels, box: faces_pb2.NormalizedBox) -> Pixels:
    """What lies in and around a box, as a square of 320 px; edges of the picture are repeated."""
    height, width = pixels.shape[:2]
    left, top, right, bottom = _corners(box, width, height)
    half = max(4, round(max(right - left, bottom - top) * (0.5 + _MARGIN)))
    x, y = (left + right) // 2, (top + bottom) // 2
    padded = cv2.copyMakeBorder(pixels, half, half, half, half, cv2.BORDER_REPLICATE)
    square = padded[y : y + 2 * half, x : x + 2 * half]
    return np.asarray(cv2.resize(square, (FACE_PX, FACE_PX), interpolation=cv2.INTER_AREA), np.uint8)


def _corners(box: faces_pb2.NormalizedBox, width: int, height: int) -> tuple[int, int, int, int]:
    across, down = width - 1, height - 1
    return round(box.x_min * across), round(box.y_min * down), round(box.x_max * across), round(box.y_max * down)


def _number(pixels: Pixels, text: str, left: int, top: int, thick: int) -> None:
    scale = 0.28 * thick
    (width, height), base = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, thick)
    bottom = max(top, height + base + 4)
    cv2.rectangle(pixels, (left, bottom - height - base - 4), (left + width + 8, bottom), _BOX, cv2.FILLED)
    cv2.putText(pixels, text, (left + 4, bottom - base), cv2.FONT_HERSHEY_SIMPLEX, scale, _PAPER, thick, cv2.LINE_AA)
