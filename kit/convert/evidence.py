"""Building `Evidence` messages, so that every detector fills them in the same way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from telltale.common.v1 import evidence_pb2, faces_pb2

MAX_MAP_SIDE = 512
"""Largest number of rows or columns of an evidence map."""


def finding(
    cue: str,
    log_likelihood_ratio: float,
    quality: float,
    code: str,
    parameters: Mapping[str, str],
    *,
    regions: Sequence[evidence_pb2.Region] = (),
    spans: Sequence[evidence_pb2.TimeSpan] = (),
    map: evidence_pb2.EvidenceMap | None = None,
    model: evidence_pb2.ModelReference | None = None,
) -> evidence_pb2.Evidence:
    """A measured opinion: a calibrated natural log-likelihood ratio, and the fitness of its input in [0, 1]."""
    outcome = evidence_pb2.Finding(
        log_likelihood_ratio=log_likelihood_ratio,
        quality=quality,
        regions=regions,
        spans=spans,
        map=map,
        reason=evidence_pb2.FindingReason(code=code, parameters=parameters),
    )
    return evidence_pb2.Evidence(cue=cue, finding=outcome, model=model)


def abstention(
    cue: str,
    reason: evidence_pb2.AbstentionReason.ValueType,
    parameters: Mapping[str, str],
    *,
    model: evidence_pb2.ModelReference | None = None,
) -> evidence_pb2.Evidence:
    """The statement that a test has no opinion, and why."""
    outcome = evidence_pb2.Abstention(reason=reason, parameters=parameters)
    return evidence_pb2.Evidence(cue=cue, abstention=outcome, model=model)


def normalized_box(box_px: Sequence[float], width: int, height: int) -> faces_pb2.NormalizedBox:
    """Left, top, right, bottom in pixels as shares of a `width` by `height` picture, clipped to it.

    The box keeps at least one pixel in each direction, because an empty box breaks the contract.
    """
    left, top, right, bottom = box_px
    x_min, x_max = _clipped(left, right, width)
    y_min, y_max = _clipped(top, bottom, height)
    return faces_pb2.NormalizedBox(x_min=x_min, y_min=y_min, x_max=x_max, y_max=y_max)


def evidence_map(
    grid: npt.NDArray[np.floating], area: faces_pb2.NormalizedBox | None = None
) -> evidence_pb2.EvidenceMap:
    """A map from an (H, W) array of responses in [0, 1]; larger than 512 in a direction is averaged down to it.

    `area` is the part of the picture that the map covers; None: all of it.
    """
    rows, columns = (min(side, MAX_MAP_SIDE) for side in grid.shape)
    fitted = cv2.resize(grid.astype(np.float32), (columns, rows), interpolation=cv2.INTER_AREA)
    values = np.rint(np.clip(fitted, 0.0, 1.0) * 255).astype(np.uint8)
    return evidence_pb2.EvidenceMap(width=columns, height=rows, values=values.tobytes(), area=area)


def map_of_crop(
    grid: npt.NDArray[np.floating], crop_px: tuple[int, int, int, int], width: int, height: int
) -> evidence_pb2.EvidenceMap:
    """The map of a crop (left, top, right, bottom) that may reach beyond a `width` by `height` picture.

    Cells that lie mostly outside the picture are left away, because a map's area ends where the picture does.
    """
    left, top, right, bottom = crop_px
    columns, x_min, x_max = _visible(left, right, width, grid.shape[1])
    rows, y_min, y_max = _visible(top, bottom, height, grid.shape[0])
    return evidence_map(grid[rows, columns], normalized_box((x_min, y_min, x_max, y_max), width, height))


def _visible(low: int, high: int, size: int, cells: int) -> tuple[slice, float, float]:
    """The cells of a line from `low` to `high` that lie in [0, size], and the first and last pixel that they cover."""
    cell_px = (high - low) / cells
    first = min(cells - 1, round(max(0, -low) / cell_px))
    last = max(first + 1, cells - round(max(0, high - size) / cell_px))
    return slice(first, last), low + first * cell_px, low + last * cell_px


def _clipped(low: float, high: float, size: int) -> tuple[float, float]:
    low = min(max(low, 0.0), size - 1.0)
    high = max(min(high, float(size)), low + 1.0)
    return low / size, high / size
