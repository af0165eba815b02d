"""What happens to pictures on their way: saved again, resized, blurred, made noisy, photographed from the screen by a program.

All of it is deterministic: the same picture and the same cell give the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

import cv2
import numpy as np

from kit.convert.tensor import Picture

Perturbation: TypeAlias = Callable[[Picture], bytes]
AS_FILED = "as filed"


def jpeg(picture: Picture, quality: int) -> bytes:
    """The picture as JPEG with 4:2:0 chroma."""
    sampling = cv2.IMWRITE_JPEG_SAMPLING_FACTOR_420
    flags = [cv2.IMWRITE_JPEG_QUALITY, quality, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, sampling]
    return _encoded(".jpg", picture, flags)


def resized(picture: Picture, factor: float) -> bytes:
    """`factor` times as wide and high; by area when it shrinks, cubic when it grows. As PNG, so that nothing else changes."""
    return _png(_resize(picture, factor, cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC))


def blurred(picture: Picture, sigma_px: float) -> bytes:
    """Gaussian blur, as PNG."""
    return _png(np.asarray(cv2.GaussianBlur(picture, (0, 0), sigma_px), np.uint8))


def noisy(picture: Picture, sigma: float) -> bytes:
    """Gaussian noise of `sigma` grey levels, its seed taken from the pixels, as PNG."""
    rng = np.random.default_rng(zlib.crc32(picture.tobytes()))
    noise = rng.standard_normal(picture.shape, dtype=np.float32) * np.float32(sigma)
    return _png(np.clip(picture + noise + 0.5, 0, 255).astype(np.uint8))


def mirrored(picture: Picture) -> bytes:
    """Left and right exchanged, as PNG."""
    return _png(np.ascontiguousarray(picture[:, ::-1]))


def screenshot(picture: Picture, quality: int | None) -> bytes:
    """As a screen shows it and a program saves it: 0.8 times the size, sharpened, as PNG or as JPEG of a quality."""
    shown = _resize(picture, 0.8, cv2.INTER_LINEAR)
    sharp = np.asarray(cv2.addWeighted(shown, 1.5, cv2.GaussianBlur(shown, (0, 0), 1.0), -0.5, 0), np.uint8)
    return _png(sharp) if quality is None else jpeg(sharp, quality)


PERTURBATIONS: Mapping[str, Perturbation] = {
    **{f"JPEG {quality}": partial(jpeg, quality=quality) for quality in (95, 90, 80, 70, 60, 50, 40, 30)},
    **{f"resized ×{factor:g}": partial(resized, factor=factor) for factor in (0.5, 0.75, 1.5, 2.0)},
    **{f"blur {sigma:g} px": partial(blurred, sigma_px=sigma) for sigma in (0.5, 1.0, 2.0)},
    **{f"noise {sigma:g}": partial(noisy, sigma=sigma) for sigma in (2.0, 5.0, 10.0)},
    "screenshot PNG": partial(screenshot, quality=None),
    "screenshot JPEG 70": partial(screenshot, quality=70),
    "mirrored": mirrored,
}


def _resize(picture: Picture, factor: float, interpolation: int) -> Picture:
    size = (max(8, round(picture.shape[1] * factor)), max(8, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=interpolation), np.uint8)


def _png(picture: Picture) -> bytes:
    return _encoded(".png", picture, [cv2.IMWRITE_PNG_COMPRESSION, 1])


def _encoded(suffix: str, picture: Picture, flags: list[int]) -> bytes:
    _, encoded = cv2.imencode(suffix, picture[..., ::-1], flags)
    return encoded.tobytes()
