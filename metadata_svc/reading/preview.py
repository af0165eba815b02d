"""Does the preview that a camera put into the file show the picture? Both are decoded: runs inside the decode sandbox only.

Brightness is compared without its slow changes, so that two landscapes with a bright sky do not look alike and a picture that was
only brightened does. Honest tools turn and crop pictures without renewing the preview, and cameras fill it with bars or cut it to
the shape that DCF asks for: the best of all these placements counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypedDict

import cv2
import numpy as np
import numpy.typing as npt

from metadata_svc.reading import jpeg

Grey = npt.NDArray[np.float32]
_MAX_PIXELS = 64_000_000
_MAX_PREVIEW_PIXELS = 2_000_000
_SIDE_PX = 96
_REDUCED = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)
_MIN_SIDE_PX = 24
_BLUR_PX = 6.0
# A preview without any detail (a blank wall, a damaged stream) resembles nothing and contradicts nothing.
_MIN_CONTRAST = 1.0
_CROPS = (0.85, 0.8, 0.7, 0.6, 0.5, 0.4)


class PreviewReading(TypedDict):
    """Size of the preview and its correlation with the picture, [-1, 1]; see `telltale.metadata.v1.ThumbnailComparison`."""

    width_px: int
    height_px: int
    correlation: float


def compare(preview: bytes, picture: bytes) -> PreviewReading | None:
    """The preview beside the JPEG that it was found in; None where one of them cannot be decoded or shows nothing."""
    facts = jpeg.structure(preview)
    small, large = _decoded(preview, _MAX_PREVIEW_PIXELS), _decoded(picture, _MAX_PIXELS)
    if facts is None or small is None or large is None:
        return None
    fits = [fit for pair in _placements(small, large) if (fit := _correlation(*pair)) is not None]
    if not fits:
        return None
    best = round(max([*fits, _cropped(small, large)]), 3)
    return {"width_px": facts["width_px"], "height_px": facts["height_px"], "correlation": best}


def _decoded(data: bytes, most_pixels: int) -> Grey | None:
    """Brightness (H, W), reduced by the decoder to no less than twice the size of comparison."""
    facts = jpeg.structure(data)
    if facts is None or not 0 < facts["width_px"] * facts["height_px"] <= most_pixels:
        return None
    longer = max(facts["width_px"], facts["height_px"])
    scale = next((mode for times, mode in _REDUCED if longer >= 2 * times * _SIDE_PX), cv2.IMREAD_GRAYSCALE)
    # The preview lies as the picture is stored, not as it is shown.
    grey = cv2.imdecode(np.frombuffer(data, np.uint8), scale | cv2.IMREAD_IGNORE_ORIENTATION)
    if grey is None or min(grey.shape) < _MIN_SIDE_PX:
        return None
    return np.asarray(grey, np.float32)


def _placements(small: Grey, large: Grey) -> Iterator[tuple[Grey, Grey]]:
    """The preview against the picture in four turns, each whole, without bars, and cut to the preview's shape."""
    for turns in range(4):
        turned = np.ascontiguousarray(np.rot90(large, turns))
        yield small, turned
        yield _cut(small, turned.shape[1] / turned.shape[0]), turned
        yield small, _cut(turned, small.shape[1] / small.shape[0])


def _cut(grey: Grey, shape: float) -> Grey:
    """The middle of a picture, with this ratio of width to height."""
    height, width = grey.shape
    kept_width, kept_height = min(width, max(1, round(height * shape))), min(height, max(1, round(width / shape)))
    top, left = (height - kept_height) // 2, (width - kept_width) // 2
    return grey[top : top + kept_height, left : left + kept_width]


def _correlation(first: Grey, second: Grey) -> float | None:
    """Pearson's correlation of detail at a common size, one moved against the other by up to a sixteenth; None without detail."""
    width, height = _common_size(first)
    frame, other = (_detail(grey, (width, height)) for grey in (first, second))
    left, top = width // 16, height // 16
    middle = np.ascontiguousarray(frame[top : height - top, left : width - left])
    if middle.std() < _MIN_CONTRAST or other.std() < _MIN_CONTRAST:
        return None
    return float(cv2.matchTemplate(other, middle, cv2.TM_CCOEFF_NORMED).max())


def _cropped(small: Grey, large: Grey) -> float:
    """The best place of the picture as a part of the preview."""
    width, height = _common_size(small)
    frame = _detail(small, (width, height))
    best = -1.0
    for share in _CROPS:
        reach = min(width / large.shape[1], height / large.shape[0]) * share
        size = round(large.shape[1] * reach), round(large.shape[0] * reach)
        if min(size) < _MIN_SIDE_PX:
            break
        part = _detail(large, size)
        if part.std() >= _MIN_CONTRAST:
            best = max(best, float(cv2.matchTemplate(frame, part, cv2.TM_CCOEFF_NORMED).max()))
    return best


def _common_size(grey: Grey) -> tuple[int, int]:
    """Width and height at which pictures are compared."""
    scale = _SIDE_PX / max(grey.shape)
    return max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))


def _detail(grey: Grey, size_px: tuple[int, int]) -> Grey:
    """Brightness at a width and height, without its slow changes."""
    reduced = np.asarray(cv2.resize(grey, size_px, interpolation=cv2.INTER_AREA), np.float32)
    return np.asarray(reduced - cv2.GaussianBlur(reduced, (0, 0), _BLUR_PX), np.float32)
