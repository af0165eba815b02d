"""Maps as pictures."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from gateway.views.heatmap import heatmap_png
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2


def drawn(shown: evidence_pb2.EvidenceMap, width: int, height: int) -> npt.NDArray[np.uint8]:
    png = heatmap_png(shown, media_pb2.MediaInfo(width_px=width, height_px=height))
    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert picture is not None
    return picture.astype(np.uint8)  # (H, W, 4)


def corner_map(**fields: faces_pb2.NormalizedBox) -> evidence_pb2.EvidenceMap:
    return evidence_pb2.EvidenceMap(width=2, height=2, values=bytes([255, 0, 0, 0]), **fields)


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(640, 480, (480, 640, 4)), (4000, 3000, (768, 1024, 4)), (16384, 1, (1, 1024, 4)), (1, 1, (1, 1, 4))],
)
def test_a_heatmap_has_the_proportions_of_the_picture(width: int, height: int, shape: tuple[int, int, int]) -> None:
    assert drawn(corner_map(), width, height).shape == shape


def test_opacity_is_the_strength_of_the_response() -> None:
    alpha = drawn(corner_map(), 100, 100)[:, :, 3]
    assert (alpha[5, 5], alpha[95, 95]) == (255, 0)


def test_outside_of_its_area_a_map_is_clear() -> None:
    area = faces_pb2.NormalizedBox(x_min=0.5, y_min=0.5, x_max=1.0, y_max=1.0)
    alpha = drawn(corner_map(area=area), 100, 100)[:, :, 3]
    assert alpha[:50].max() == alpha[:, :50].max() == 0
    assert alpha[52, 52] == 255
