"""A small labelled data set drawn by a random generator: pictures, a manifest, and faces said to be in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

HEAD = "file,label,kind,split,group,native_face_width_px"


def drawing(seed: int, side_px: int = 160) -> np.ndarray:
    """A picture (side, side, 3), uint8, unlike that of any other seed, with edges in it."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (10, 10, 3), dtype=np.uint8)
    return cv2.resize(coarse, (side_px, side_px), interpolation=cv2.INTER_NEAREST)


def write_drawing(path: Path, seed: int, quality: int = 90, side_px: int = 160) -> None:
    """As a JPEG file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), drawing(seed, side_px), [cv2.IMWRITE_JPEG_QUALITY, quality])


def write_manifest(root: Path, lines: Sequence[str]) -> None:
    """`lines` without the last column."""
    root.mkdir(parents=True, exist_ok=True)
    text = "\n".join([HEAD, *(f"{line}," for line in lines)]) + "\n"
    (root / "manifest.csv").write_text(text, encoding="utf-8")
