"""What was measured of a picture's earlier compressions, as numbers for the fitted tests and for people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from metadata_svc.history.aligned import QUALITIES, Aligned, measure_aligned, spectra
from metadata_svc.history.luma import Floats, Luma, coefficients, square
from metadata_svc.history.shifted import Shifted, measure_shifted
from metadata_svc.reading.jpeg_tables import standard_luminance

MOST_PX: Final = 1024
"""Longest side of the middle that is measured."""
LEAST_PX: Final = 64
"""Shortest side that can be measured at all."""
LEAST_DETAIL: Final = 0.08
"""Of a picture with less detail, such as a black one, nothing can be told."""
_GAIN_FLOOR: Final = 0.02
_BINS_OFF: Final = 0.25
_MOST: Final = 0.75
"""Half of the coefficients that belong to other tables would be as near."""
_LATTICE_PX: Final = 256
_COARSE_STEP: Final = 3
_LARGE: Final = 2.5
"""In steps; smaller coefficients say little where a picture has little contrast."""
_FEW: Final = 50


@dataclass(frozen=True, eq=False)
class HistoryReading:
    """One picture, measured.

    Attributes:
        aligned: about a first compression on the same grid.
        shifted: about one on another grid.
        quality: that of the file itself, as the nearest of the standard's tables, [1, 100].
        step: mean step of its lowest 15 frequencies.
        detail: share of its coefficients at those frequencies that are not 0, [0, 1].
    """

    aligned: Aligned
    shifted: Shifted
    quality: int
    step: float
    detail: float

    def aligned_features(self) -> Floats:
        """(6,) for the fitted test of a first compression on the same grid."""
        qualities = np.asarray(QUALITIES)
        gains = self.aligned.gains
        lower = _log_gain(gains[qualities < self.quality - 1].max(initial=0.0))
        higher = _log_gain(gains[qualities > self.quality].max(initial=0.0))
        free, step = _log_gain(self.aligned.free_gain), math.log(self.step)
        away = (self.aligned.quality - self.quality) / 10
        return np.asarray([lower, higher, free, away, step, lower * step], np.float32)

    def shifted_features(self) -> Floats:
        """(6,) for the fitted test of a first compression on another grid."""
        both, one = (math.log(max(value, 1.0)) for value in (self.shifted.off_both, self.shifted.on_one))
        away, step = (self.shifted.quality - self.quality) / 10, math.log(self.step)
        return np.asarray([both, one, away, step, both * step, math.log(self.aligned.blocks)], np.float32)


def measure_history(luma: Luma) -> HistoryReading:
    """Measures the middle of a picture that is at least LEAST_PX long each way."""
    part = luma.middle(MOST_PX)
    found = spectra(part)
    return HistoryReading(
        aligned=measure_aligned(found),
        shifted=measure_shifted(part),
        quality=nearest_quality(part),
        step=float(np.mean([spectrum.step for spectrum in found])),
        detail=float(np.mean([np.count_nonzero(spectrum.sizes) / spectrum.sizes.size for spectrum in found])),
    )


def nearest_quality(luma: Luma) -> int:
    """The quality, [1, 100], whose luminance table is nearest to the file's by sum of absolute differences."""
    distances = [np.abs(luma.steps - square(standard_luminance(quality))).sum() for quality in range(1, 101)]
    return int(np.argmin(distances)) + 1


def is_on_lattice(luma: Luma) -> bool:
    """Whether the plane's coefficients are multiples of the file's steps, as they are unless the decoder changed colours."""
    part = luma.middle(_LATTICE_PX)
    steps = np.maximum(part.steps, 1)[:, None, None, :].astype(np.float32)
    found = coefficients(part.plane) / steps
    telling = (steps >= _COARSE_STEP) & (np.abs(found) > _LARGE)
    telling[0, :, :, 0] = False  # in flat blocks rounding moves the mean by up to half a level, which is 4 here
    if telling.sum() < _FEW:
        return True
    return float(np.mean(np.abs(found - np.rint(found))[telling] < _BINS_OFF)) > _MOST


def _log_gain(gain: float) -> float:
    return math.log(max(gain, 0.0) + _GAIN_FLOOR)
