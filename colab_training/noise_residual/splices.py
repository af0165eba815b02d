"""Splices made on the fly from real faces, with the mask of what was pasted.

A part of a face (eyes, nose, mouth, or all of it) is replaced by that of another person, of the mirrored face or of the same
one. What is pasted has a history of its own: it was resampled by the warp, and compressed, sharpened, blurred or denoised before.
Seams are feathered, two-band (Burt and Adelson 1983) or by Poisson's equation (Perez et al., SIGGRAPH 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.equalise import Equalisation, degrade
from kit.convert.tensor import Picture

Points = NDArray[np.float32]
Mask = NDArray[np.float32]

_HISTORY = Equalisation(
    light_share=0.3, resize_share=0.0, blur_share=0.2, noise_share=0.2, jpeg_share=0.4, min_quality=60, max_quality=98
)
_FILTERS = (cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)
_BELOW = 1 / 256


@dataclass(frozen=True)
class Part:
    """An ellipse in the face's own frame, in units of the distance from the eyes to the mouth."""

    across: float
    """Centre, from the line eyes-mouth, towards the second eye."""
    along: float
    """Centre, from the eyes (0) to the mouth (1)."""
    half_width: float
    half_height: float
    share: float


PARTS = (
    Part(0.0, 0.0, 0.95, 0.35, 0.27),  # both eyes
    Part(-0.45, 0.0, 0.42, 0.3, 0.09),  # one eye
    Part(0.45, 0.0, 0.42, 0.3, 0.09),  # the other
    Part(0.0, 0.55, 0.42, 0.5, 0.22),  # nose
    Part(0.0, 1.05, 0.6, 0.36, 0.23),  # mouth
    Part(0.0, 0.8, 0.65, 0.65, 0.05),  # nose and mouth
    Part(0.0, 0.3, 0.95, 0.65, 0.05),  # eyes and nose
)
FACES = (Part(0.0, 0.6, 0.8, 0.95, 0.5), Part(0.0, 0.6, 0.95, 1.1, 0.5))
"""The inner face and the whole one."""


@dataclass(frozen=True)
class Face:
    """A picture, uint8 (H, W, 3), and its landmarks (5, 2): eyes, nose, mouth corners, in pixels."""

    pixels: Picture
    landmarks_px: Points


@dataclass(frozen=True)
class Splice:
    """A picture and, as float32 (H, W) in [0, 1], how much of each of its pixels was pasted."""

    pixels: Picture
    mask: Mask


def splice(base: Face, donor: Face, face_share: float, rng: np.random.Generator) -> Splice:
    """One or two parts of the donor's face, or with `face_share` the face itself, on the base's. Pixels outside the mask stay."""
    source = _aged(donor, rng)
    warped = _warped(base, source, rng)
    if rng.random() < face_share:
        return _pasted(base, warped, FACES, rng)
    made = _pasted(base, warped, PARTS, rng)
    if rng.random() > 0.3:
        return made
    more = _pasted(Face(made.pixels, base.landmarks_px), warped, PARTS, rng)
    return Splice(more.pixels, np.maximum(made.mask, more.mask))


def mirrored(face: Face) -> Face:
    """The face seen in a mirror; its landmarks keep their order from left to right."""
    flipped = face.landmarks_px[[1, 0, 2, 4, 3]].copy()
    flipped[:, 0] = face.pixels.shape[1] - 1 - flipped[:, 0]
    return Face(np.ascontiguousarray(face.pixels[:, ::-1]), flipped)


def part_mask(shape: tuple[int, ...], landmarks: Points, part: Part, rng: np.random.Generator) -> Mask:
    """1 inside a part with a wobbly edge, 0 outside: float32 (H, W)."""
    eyes, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
    down = mouth - eyes
    beside = np.array([down[1], -down[0]], np.float32)
    angles = np.linspace(0.0, 2 * np.pi, 28, endpoint=False)
    wobble = 1.0 + rng.normal(0.0, 0.05, angles.size) + 0.15 * rng.random() * np.sin(2 * angles + rng.uniform(0, 6.3))
    wobble *= rng.uniform(0.8, 1.25)
    ring = np.outer(np.sin(angles) * wobble * part.half_height, down)
    ring += np.outer(np.cos(angles) * wobble * part.half_width, beside)
    polygon = np.round(eyes + part.along * down + part.across * beside + ring).astype(np.int32)
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [polygon], 1.0)
    return mask


def _pasted(base: Face, warped: Picture, parts: tuple[Part, ...], rng: np.random.Generator) -> Splice:
    part = parts[int(rng.choice(len(parts), p=[part.share for part in parts]))]
    mask = part_mask(base.pixels.shape, base.landmarks_px, part, rng)
    above = _coloured(warped, base.pixels, mask, rng)
    reach_px = float(np.linalg.norm(base.landmarks_px[:2].mean(axis=0) - base.landmarks_px[3:].mean(axis=0)))
    way = rng.random()
    if way < 0.25 and _is_clear_of_edges(mask):
        return _poisson(base.pixels, above, mask)
    softness_px = max(0.5, reach_px * float(np.exp(rng.uniform(np.log(0.006), np.log(0.1)))))
    if way < 0.5:
        return _two_band(base.pixels, above, mask, softness_px, reach_px)
    alpha = _soft(mask, softness_px) * np.float32(rng.choice([0.75, 1.0, 1.0, 1.0]))
    return _mixed(base.pixels, above.astype(np.float32), alpha)


def _aged(donor: Face, rng: np.random.Generator) -> Face:
    pixels = donor.pixels
    if rng.random() < 0.2:
        blurred = cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.8, 2.0)))
        amount = float(rng.uniform(0.3, 1.0))
        pixels = np.asarray(cv2.addWeighted(pixels, 1 + amount, blurred, -amount, 0), np.uint8)
    return Face(degrade(pixels, _HISTORY, rng), donor.landmarks_px)


def _warped(base: Face, donor: Face, rng: np.random.Generator) -> Picture:
    """The donor's picture laid onto the base's landmarks, not quite exactly."""
    height, width = base.pixels.shape[:2]
    reach_px = float(np.linalg.norm(base.landmarks_px[:2].mean(axis=0) - base.landmarks_px[3:].mean(axis=0)))
    aim = base.landmarks_px + rng.normal(0, 0.035, base.landmarks_px.shape).astype(np.float32) * reach_px
    warp, _ = cv2.estimateAffinePartial2D(donor.landmarks_px, aim, method=cv2.LMEDS)
    if warp is None:
        warp = np.array([[1, 0, rng.uniform(1, 4)], [0, 1, rng.uniform(1, 4)]])
    how = _FILTERS[int(rng.integers(len(_FILTERS)))]
    moved = cv2.warpAffine(donor.pixels, warp, (width, height), flags=how, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(moved, np.uint8)


def _coloured(above: Picture, below: Picture, mask: Mask, rng: np.random.Generator) -> Picture:
    """Light and colour matched along the seam, as careful hands do it, with a little error."""
    wide = max(3, round(0.12 * float(np.sqrt(mask.sum())))) | 1
    seam = (cv2.dilate(mask, np.ones((wide, wide), np.uint8)) > 0) & (mask < 0.5)
    if not seam.any():
        return above
    here, there = (picture[seam].astype(np.float32) for picture in (above, below))
    gain = np.clip((there.std() + 4) / (here.std() + 4), 0.7, 1.4) ** rng.uniform(0, 1)
    goal = there.mean(axis=0) + rng.normal(0, 2) + rng.normal(0, 1.5, 3)
    return np.clip((above - here.mean(axis=0)) * gain + goal + 0.5, 0, 255).astype(np.uint8)


def _mixed(below: Picture, above: NDArray[np.float32], alpha: Mask) -> Splice:
    share = np.where(alpha < _BELOW, np.float32(0), alpha)
    pixels = np.clip(below + share[..., None] * (above - below) + 0.5, 0, 255).astype(np.uint8)
    return Splice(np.where(share[..., None] > 0, pixels, below), share)


def _two_band(below: Picture, above: Picture, mask: Mask, softness_px: float, reach_px: float) -> Splice:
    """Light and colour fade over a wide seam, detail over a narrow one."""
    wide_px = max(2.0, 0.06 * reach_px)
    coarse = [cv2.GaussianBlur(picture, (0, 0), wide_px).astype(np.float32) for picture in (below, above)]
    narrow, wide = _soft(mask, min(softness_px, wide_px)), _soft(mask, wide_px)
    alpha = np.maximum(narrow, wide)
    low = coarse[0] + wide[..., None] * (coarse[1] - coarse[0])
    detail = (below - coarse[0]) * (1 - narrow[..., None]) + (above - coarse[1]) * narrow[..., None]
    pixels = np.clip(low + detail + 0.5, 0, 255).astype(np.uint8)
    return Splice(np.where(alpha[..., None] >= _BELOW, pixels, below), np.where(alpha < _BELOW, np.float32(0), alpha))


def _poisson(below: Picture, above: Picture, mask: Mask) -> Splice:
    left, top, width, height = cv2.boundingRect(mask.astype(np.uint8))
    area = (slice(top - 2, top + height + 2), slice(left - 2, left + width + 2))
    inside = (mask[area] * 255).astype(np.uint8)
    centre = (inside.shape[1] // 2, inside.shape[0] // 2)
    target = np.ascontiguousarray(below[area])
    cloned = cv2.seamlessClone(np.ascontiguousarray(above[area]), target, inside, centre, cv2.NORMAL_CLONE)
    pixels = below.copy()
    pixels[area] = np.where(mask[area][..., None] > 0, cloned, target)
    return Splice(pixels, mask)


def _is_clear_of_edges(mask: Mask) -> bool:
    margin = 4
    inner = mask[margin:-margin, margin:-margin]
    return bool(inner.any()) and float(mask.sum()) == float(inner.sum())


def _soft(mask: Mask, softness_px: float) -> Mask:
    return np.minimum(cv2.GaussianBlur(mask, (0, 0), softness_px), np.float32(1))
