"""Pictures without a history: every picture at hand was a JPEG once, so its traces are destroyed first.

Averaging over an area that is no whole number of pixels and a little noise leave no lattice and no grid; what is left is tested
by the false alarms on copies that are compressed once.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.pictures import read_picture
from kit.convert.tensor import Picture
from metadata_svc.history.luma import BLOCK_PX, Luma, basis, coefficients, square
from metadata_svc.reading import jpeg

SOURCES: Final = {
    "scenes": ("scenes/real/*",),
    "faces": ("faces/stylegan2_tpdne/real/*", "faces/splice_ciplab/real/*", "faces/diffusion_sd3/fake/*"),
    "camera": (
        "metadata/exif/*.jpg",
        "metadata/c2pa_public/nikon-*.jpeg",
        "metadata/c2pa_public/adobe-20220124-C.jpg",
        "metadata/c2pa_public/com.truepic-*.jpg",
    ),
}
"""Source to patterns of its files. `camera` holds the files of cameras and phones; one picture of each test set of C2PA."""
LICENCES: Final = {
    "scenes": "ImageNet samples, research terms",
    "faces": "FFHQ CC BY-NC-SA 4.0 and others; splice_ciplab non-commercial; diffusion_sd3 CC0",
    "camera": "EXIF samples, research; C2PA public test files CC BY-SA 4.0",
}
LEAST_REDUCTION: Final = 1.3
MOST_REDUCTION: Final = 2.2
_NOISE: Final = 0.6


@dataclass(frozen=True)
class Original:
    """A file to take pictures from."""

    path: Path
    source: str
    short_px: int


def originals(data: Path, most: int | None = None) -> list[Original]:
    """All files of all sources that are there, at most `most` of each source, by a digest of their names."""
    found = []
    for source, patterns in SOURCES.items():
        files = sorted({path for pattern in patterns for path in data.glob(pattern)}, key=_digest)
        found += [Original(path, source, _short_px(path)) for path in files[:most]]
    return [original for original in found if original.short_px]


def large_enough(files: Sequence[Original], side_px: int) -> list[Original]:
    """Those of which a picture of this side can be made."""
    return [file for file in files if file.short_px >= LEAST_REDUCTION * side_px]


def fresh(original: Original, side_px: int, rng: np.random.Generator) -> Picture:
    """A square picture, uint8 RGB, without a history. The file must be `large_enough`."""
    pixels = _read(original.path)
    most = min(MOST_REDUCTION, min(pixels.shape[:2]) / side_px)
    factor = float(rng.uniform(LEAST_REDUCTION, max(most, LEAST_REDUCTION)))
    height, width = (max(side_px, int(side / factor)) for side in pixels.shape[:2])
    reduced = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    top, left = int(rng.integers(height - side_px + 1)), int(rng.integers(width - side_px + 1))
    part = reduced[top : top + side_px, left : left + side_px]
    return np.asarray(np.clip(np.rint(part + rng.normal(0, _NOISE, part.shape)), 0, 255), np.uint8)


def compressed(picture: Picture, quality: int, *, subsampled: bool) -> bytes:
    """A JPEG by OpenCV's encoder with the standard's tables."""
    ratio = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420 if subsampled else cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444
    how = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, ratio]
    return cv2.imencode(".jpg", np.ascontiguousarray(picture[..., ::-1]), how)[1].tobytes()


def stored_by(picture: Picture, luminance: Sequence[int]) -> Luma:
    """The brightness that a decoder has of this picture when it was compressed with this table, in zigzag order.

    No encoder at hand takes tables of one's own, so what an encoder and a decoder do to brightness is done here.
    """
    steps = square(tuple(luminance))
    levels = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
    height, width = (side // BLOCK_PX * BLOCK_PX for side in levels.shape)
    table = steps[:, None, None, :]
    kept = np.rint(coefficients(levels) / table) * table  # (8, rows, columns, 8)
    across = np.tensordot(basis(), kept, (0, 0))  # (8 rows of pixels, rows, columns, 8)
    blocks = np.tensordot(across, basis(), (3, 0)).transpose(1, 0, 2, 3)
    plane = np.clip(np.rint(blocks.reshape(height, width) + 128), 0, 255).astype(np.uint8)
    return Luma(plane, steps, 0, 0, width, height, 1)


def opened(data: bytes) -> Picture:
    """The picture, uint8 RGB, as a program that edits it would have it."""
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    return np.asarray(pixels, np.uint8)


def camera_tables(data: Path) -> list[tuple[int, ...]]:
    """Luminance tables, in zigzag order, of the camera files that do not use the standard's."""
    found = set()
    for path in sorted(data.glob("metadata/exif/*.jpg")):
        contents = path.read_bytes()
        facts, steps = jpeg.structure(contents), jpeg.luminance_steps(contents)
        if facts is not None and steps is not None and not facts["standard_tables"]:
            found.add(steps)
    return sorted(found)


def random_of(original: Original, *more: int) -> np.random.Generator:
    """Chance that depends on the file's name and these numbers alone."""
    return np.random.default_rng([_digest(original.path), *more])


@lru_cache(maxsize=2)
def _read(path: Path) -> Picture:
    """Many copies of one file are made in a row."""
    return read_picture(path)


def _digest(path: Path) -> int:
    return zlib.crc32(path.name.encode())


def _short_px(path: Path) -> int:
    pixels: NDArray[np.uint8] | None = cv2.imread(str(path), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    return 0 if pixels is None else 8 * min(pixels.shape[:2])
