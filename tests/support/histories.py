"""Made-up pictures with a known history of compressions."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from kit.models.registry import Registry
from metadata_svc.history import model, region_model
from metadata_svc.history.luma import Luma, decoded
from metadata_svc.history.pixels import Pixels
from metadata_svc.reading.jpeg import luminance_steps
from tests.support.metadata_files import CANON, jpeg

ROOT = Path(__file__).parents[2]
Picture = npt.NDArray[np.uint8]


def scenery(side_px: int = 264, seed: int = 0) -> Picture:
    """A picture with detail at every size, uint8 (side, side, 3), never compressed."""
    rng = np.random.default_rng(seed)
    levels = np.full((side_px, side_px), 128.0)
    for octave in range(1, 7):
        cells = rng.normal(0, 28 / octave**0.5, (2**octave, 2**octave)).astype(np.float32)
        levels += cv2.resize(cells, (side_px, side_px), interpolation=cv2.INTER_CUBIC)
    levels += rng.normal(0, 2, levels.shape)
    colours = levels[..., None] + np.asarray([-12.0, 0.0, 12.0])
    return np.clip(np.rint(colours), 0, 255).astype(np.uint8)


def saved(picture: Picture, quality: int) -> bytes:
    """A JPEG by OpenCV's encoder."""
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()


def again(data: bytes, quality: int, corner_px: tuple[int, int] = (0, 0)) -> bytes:
    """Opened, cut at a corner (column, row), and saved again."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    left, top = corner_px
    side_px = min(picture.shape[:2]) - 8
    return saved(np.asarray(picture[top : top + side_px, left : left + side_px], np.uint8), quality)


def named_by_camera(data: bytes) -> bytes:
    """The JPEG with the EXIF of a camera in front."""
    named = jpeg(CANON)
    start = named.index(b"\xff\xe1")
    length = int.from_bytes(named[start + 2 : start + 4], "big")
    return data[:2] + named[start : start + 2 + length] + data[2:]


def luma_of(data: bytes, orientation: int = 1) -> Luma:
    """Its brightness, decoded in this process."""
    steps = luminance_steps(data)
    assert steps is not None
    return decoded(np.frombuffer(data, np.uint8), steps, orientation)


def pixels_of(data: bytes, orientation: int = 1) -> Pixels:
    """What the cues share."""
    return Pixels(luma_of(data, orientation))


def history_model() -> model.HistoryModel:
    """The shipped model."""
    return model.load_history(Registry(ROOT / "models").load(model.MODEL_NAME))


def shipped_region_model() -> region_model.RegionModel:
    """The shipped model."""
    return region_model.load_regions(Registry(ROOT / "models").load(region_model.MODEL_NAME))
