"""What `frequency` measures, at the picture's native resolution. Fitting imports these very functions.

Frequencies are in shares of the Nyquist frequency; energies are natural logarithms; pictures are RGB, uint8.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from kit.vision.faces import Face, Picture

Floats = npt.NDArray[np.float32]

TILE_PX: Final = 64
"""Side of the tiles whose power spectra are averaged."""
BLOCK_PX: Final = 8
"""Side of a JPEG block."""
_FLOOR: Final = 1e-2
_DIAGONALS: Final = 14
_RING_OF: Final = np.rint(np.hypot(np.fft.fftfreq(TILE_PX)[:, None], np.fft.rfftfreq(TILE_PX)) * TILE_PX).astype(
    np.intp
)
_PEAK_RADII: Final = (8, 16, 24, 32, 36, 40, 44)


@dataclass(frozen=True, slots=True)
class Window:
    """Which square around a face a cue looks at."""

    scale: float
    """Its side as a multiple of the longer side of the face box."""
    max_side_px: int
    """Its longest side, which bounds the time that a cue takes."""

    def around(self, face: Face, picture: Picture) -> tuple[int, int, int, int]:
        """Left, top, right, bottom inside an (H, W, 3) picture; left and top lie on its 8x8 grid."""
        height, width = picture.shape[:2]
        half = min(self.scale * face.longer_side_px, self.max_side_px) / 2
        x_min, y_min, x_max, y_max = face.box_px
        left, right = _span((x_min + x_max) / 2, half, width)
        top, bottom = _span((y_min + y_max) / 2, half, height)
        return left, top, right, bottom


FREQUENCY_WINDOW: Final = Window(scale=1.2, max_side_px=384)
"""The face itself."""


def luma_chroma(picture: Picture) -> Floats:
    """(3, H, W) Y, Cr, Cb of ITU-R BT.601, in [0, 255]."""
    planes = cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb).transpose(2, 0, 1)
    return np.ascontiguousarray(planes, dtype=np.float32)


def luma(picture: Picture) -> Floats:
    """(H, W) Y alone of `luma_chroma`."""
    return cv2.extractChannel(cv2.cvtColor(picture, cv2.COLOR_RGB2YCrCb), 0).astype(np.float32)


def radial_spectrum(plane: Floats) -> Floats:
    """(32,) log power by radial frequency of an (H, W) plane of at least 64 px, averaged over overlapping tiles.

    The azimuthal average of Durall et al., "Watch your Up-Convolution" (CVPR 2020), with Welch's (1967) tiles and Hann
    window, which make spectra of windows of different sizes comparable. Bin k holds (k + 1) / 32 of Nyquist.
    """
    return _radial(tile_power(plane))


def directional_spectrum(plane: Floats) -> Floats:
    """(156,) how log power differs by direction and from tile to tile, for an (H, W) plane of at least 64 px.

    Enlarging by a grid leaves peaks along the axes, the diagonals and in the corners of the spectrum: Zhang et al., "Detecting
    and Simulating Artifacts in GAN Fake Images" (WIFS 2019). In order: horizontal and vertical axis less the radial mean (32
    each), spread along each ring (32), highest peak over its mean of seven rings, end of the diagonal less the radial mean (8),
    corners (13), and what single tiles lack of the mean over all (32).
    """
    return _directional(tile_power(plane))


def tile_power(plane: Floats, hop_px: int = TILE_PX // 2) -> Floats:
    """(N, 64, 33) power spectra of tiles of an (H, W) plane; white noise of variance v has power v everywhere."""
    tiles = _tiles(plane, TILE_PX, hop_px)  # (N, 64, 64)
    taper = np.hanning(TILE_PX + 1)[:-1].astype(np.float32)
    taper /= np.sqrt(np.sum(taper**2))
    flat = (tiles - tiles.mean(axis=(1, 2), keepdims=True)) * (taper[:, None] * taper[None, :])
    spectra = np.fft.rfft2(flat)
    return np.asarray(spectra.real**2 + spectra.imag**2, dtype=np.float32)


def block_dct(plane: Floats) -> Floats:
    """(N, 8, 8) orthonormal DCT-II coefficients of the whole 8x8 blocks of an (H, W) plane, from its top left."""
    basis = _dct_basis()
    blocks = _tiles(plane, BLOCK_PX, BLOCK_PX)
    return np.asarray(np.matmul(np.matmul(basis, blocks), basis.T), dtype=np.float32)


def block_dct_statistics(plane: Floats) -> Floats:
    """(42,) of the block DCT by diagonal u+v = 1..14: log mean magnitude, log peakedness, share of coefficients below 1/2.

    Peakedness is the mean square over the squared mean magnitude: pi/2 for a Gaussian, 2 for a Laplacian.
    """
    magnitudes = np.abs(block_dct(plane))  # (N, 8, 8)
    mean, square = magnitudes.mean(axis=0), (magnitudes**2).mean(axis=0)
    quiet = (magnitudes < 0.5).mean(axis=0)
    mean_by, square_by, quiet_by = (_by_diagonal(values) for values in (mean, square, quiet))
    peaked = np.log((square_by + _FLOOR**2) / (mean_by**2 + _FLOOR**2))
    return np.concatenate([np.log(mean_by + _FLOOR), peaked, quiet_by]).astype(np.float32)


def blockiness(plane: Floats) -> float:
    """How much steeper an (H, W) plane is across the borders of its 8x8 blocks than inside them: about 1 without compression.

    On face pictures the median is 1.3 at JPEG quality 85, 1.65 at 50, 2.05 at 30 and 2.5 at 20. The plane's top left corner
    must lie on the JPEG grid. After Wang, Bovik and Evans, "Blind measurement of blocking artifacts in images" (ICIP 2000).
    """
    steps = np.abs(np.diff(plane, axis=1))
    border = np.arange(steps.shape[1]) % BLOCK_PX == BLOCK_PX - 1
    return float(steps[:, border].mean() / (steps[:, ~border].mean() + _FLOOR))


def frequency_features(picture: Picture) -> Floats:
    """(294,) of an RGB window of at least 64 px: spectra of Y, Cr, Cb, block-DCT statistics and directions of Y."""
    planes = luma_chroma(picture)
    # Colour is stored at half resolution in most files: tiles that do not overlap tell as much, in a quarter of the time.
    powers = [tile_power(planes[0]), *(tile_power(plane, TILE_PX) for plane in planes[1:])]
    radial = [_radial(power) for power in powers]
    return np.concatenate([*radial, block_dct_statistics(planes[0]), _directional(powers[0])])


def _radial(power: Floats) -> Floats:
    """(32,) from tiles' power (N, 64, 33)."""
    return np.log(_by_radius(power.mean(axis=0))[1 : TILE_PX // 2 + 1] + _FLOOR).astype(np.float32)


def _directional(power: Floats) -> Floats:
    """(156,) from tiles' power (N, 64, 33)."""
    log = np.log(power.mean(axis=0) + _FLOOR)
    mean = _by_radius(log)
    half = TILE_PX // 2
    ring, steps = mean[1 : half + 1], np.arange(1, half + 1)
    spread = np.sqrt(np.maximum(_by_radius(log**2) - mean**2, 0))[1 : half + 1]
    peaks = [log[radius == _RING_OF].max() - mean[radius] for radius in _PEAK_RADII]
    diagonal = (log[steps, steps] - ring)[-8:]
    uneven = _by_radius(log - np.log(power + _FLOOR).mean(axis=0))[1 : half + 1]
    parts = [log[0, 1:] - ring, log[1 : half + 1, 0] - ring, spread, peaks, diagonal, mean[half + 1 :], uneven]
    return np.concatenate(parts).astype(np.float32)


def _span(centre: float, half: float, size: int) -> tuple[int, int]:
    low = int(np.clip(centre - half, 0, size - 1)) // BLOCK_PX * BLOCK_PX
    high = int(np.clip(np.ceil(centre + half), low + 1, size))
    return low, high


def _tiles(plane: Floats, side_px: int, hop_px: int) -> Floats:
    """(N, side, side) squares of an (H, W) plane; the rows and columns that are left over are not used."""
    views = np.lib.stride_tricks.sliding_window_view(plane, (side_px, side_px))[::hop_px, ::hop_px]
    return np.ascontiguousarray(views.reshape(-1, side_px, side_px))


def _by_radius(grid: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """(46,) means of a (64, 33) grid of frequencies over the rings of radius 0 to 45."""
    means = np.bincount(_RING_OF.ravel(), weights=grid.ravel()) / np.bincount(_RING_OF.ravel())
    return np.asarray(means, dtype=np.float64)


def _dct_basis() -> Floats:
    """(8, 8) rows are the basis functions of the orthonormal DCT-II."""
    order = np.arange(BLOCK_PX)
    basis = np.cos(np.pi * (2 * order[None, :] + 1) * order[:, None] / (2 * BLOCK_PX)) * np.sqrt(2 / BLOCK_PX)
    basis[0] /= np.sqrt(2)
    return np.asarray(basis, dtype=np.float32)


def _by_diagonal(grid: Floats) -> npt.NDArray[np.float64]:
    """(14,) means of an (8, 8) grid over the diagonals u+v = 1..14."""
    diagonal = np.add.outer(np.arange(BLOCK_PX), np.arange(BLOCK_PX)).ravel()
    means = np.bincount(diagonal, weights=grid.ravel()) / np.bincount(diagonal)
    return np.asarray(means[1 : _DIAGONALS + 1], dtype=np.float64)
