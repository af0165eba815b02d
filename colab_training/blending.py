"""Fakes made on the fly from real faces, so that a network learns blending traces and not one generator.

Self-blended images after Shiohara and Yamasaki (CVPR 2022): a face is pasted onto itself after one copy was recoloured,
resampled or moved a little. With a donor, another person's face or part of it is warped onto the landmarks (after
Li et al., Face X-ray, CVPR 2020), as in swaps and splices.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.equalise import relight
from kit.convert.tensor import Picture

Points = NDArray[np.float32]

# Ellipses in the face's own frame: centre along the line from the eyes (0) to the mouth (1), half width and half height in
# units of the distance from the eyes to the mouth.
_REGIONS = (
    (0.60, 0.95, 1.10),  # the whole face
    (0.60, 0.80, 0.95),  # its inner part
    (0.00, 0.90, 0.38),  # eyes
    (1.05, 0.62, 0.40),  # mouth
    (0.55, 0.45, 0.55),  # nose
)
_REGION_SHARES = (0.40, 0.25, 0.13, 0.13, 0.09)


def self_blend(picture: Picture, landmarks: Points, rng: np.random.Generator) -> Picture:
    """The picture with its own face pasted back after small changes. `landmarks` is (5, 2): eyes, nose, mouth corners."""
    moved = _nudged(picture, landmarks, rng)
    if rng.random() < 0.5:
        return _blend(picture, _disturbed(moved, rng), landmarks, rng)
    return _blend(_disturbed(picture, rng), moved, landmarks, rng)


def donor_blend(
    picture: Picture, landmarks: Points, donor: Picture, donor_landmarks: Points, rng: np.random.Generator
) -> Picture:
    """The picture with the face, or a part of it, of another picture warped onto its landmarks and matched in colour."""
    warp, _ = cv2.estimateAffinePartial2D(donor_landmarks, landmarks)
    if warp is None:
        return self_blend(picture, landmarks, rng)
    size = (picture.shape[1], picture.shape[0])
    warped = np.asarray(cv2.warpAffine(donor, warp, size, borderMode=cv2.BORDER_REFLECT), np.uint8)
    return _blend(picture, _matched(warped, picture, landmarks), landmarks, rng)


def region_mask(shape: tuple[int, ...], landmarks: Points, rng: np.random.Generator) -> NDArray[np.float32]:
    """A soft mask in [0, 1], float32 (H, W), over the face or a part of it, with a wobbly edge."""
    eyes, mouth = landmarks[:2].mean(axis=0), landmarks[3:].mean(axis=0)
    down = mouth - eyes
    along, half_width, half_height = _REGIONS[int(rng.choice(len(_REGIONS), p=_REGION_SHARES))]
    angles = np.linspace(0.0, 2 * np.pi, 24, endpoint=False)
    wobble = 1.0 + rng.normal(0.0, 0.06, angles.size) + 0.1 * np.sin(angles * 2 + rng.uniform(0, 6.3)) * rng.random()
    across = np.array([-down[1], down[0]])
    ring = np.outer(np.sin(angles) * wobble * half_height, down) + np.outer(
        np.cos(angles) * wobble * half_width, across
    )
    polygon = np.round(eyes + along * down + ring).astype(np.int32)
    mask = np.zeros(shape[:2], np.float32)
    cv2.fillPoly(mask, [polygon], 1.0)
    softness_px = max(0.6, float(np.linalg.norm(down)) * rng.uniform(0.02, 0.16))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), softness_px), np.float32)


def _blend(below: Picture, above: Picture, landmarks: Points, rng: np.random.Generator) -> Picture:
    opacity = float(rng.choice([0.5, 0.75, 1.0, 1.0, 1.0]))
    alpha = region_mask(below.shape, landmarks, rng)[..., None] * np.float32(opacity)  # (H, W, 1)
    return (below * (1 - alpha) + above * alpha + 0.5).astype(np.uint8)


def _nudged(picture: Picture, landmarks: Points, rng: np.random.Generator) -> Picture:
    centre = landmarks.mean(axis=0)
    reach_px = float(np.linalg.norm(landmarks[:2].mean(axis=0) - landmarks[3:].mean(axis=0)))
    turn = cv2.getRotationMatrix2D(
        (float(centre[0]), float(centre[1])), float(rng.normal(0, 2)), float(rng.uniform(0.95, 1.05))
    )
    turn[:, 2] = turn[:, 2] + rng.uniform(-0.06, 0.06, 2) * reach_px
    size = (picture.shape[1], picture.shape[0])
    return np.asarray(cv2.warpAffine(picture, turn, size, borderMode=cv2.BORDER_REFLECT), np.uint8)


def _disturbed(picture: Picture, rng: np.random.Generator) -> Picture:
    picture = relight(picture, rng, 0.8)
    choice = rng.random()
    if choice < 0.5:
        height, width = picture.shape[:2]
        factor = float(rng.uniform(0.3, 0.8))
        small = cv2.resize(picture, (max(8, int(width * factor)), max(8, int(height * factor))))
        return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)
    if choice < 0.75:
        blurred = cv2.GaussianBlur(picture, (0, 0), 1.5)
        return np.asarray(cv2.addWeighted(picture, 1.6, blurred, -0.6, 0), np.uint8)
    return picture


def _matched(picture: Picture, target: Picture, landmarks: Points) -> Picture:
    low = np.maximum(landmarks.min(axis=0).astype(int), 0)
    high = landmarks.max(axis=0).astype(int) + 1
    here = picture[low[1] : high[1], low[0] : high[0]].reshape(-1, 3).astype(np.float32)
    there = target[low[1] : high[1], low[0] : high[0]].reshape(-1, 3).astype(np.float32)
    if not here.size or not there.size:
        return picture
    gain = np.clip((there.std(axis=0) + 1) / (here.std(axis=0) + 1), 0.5, 2.0)
    return np.clip((picture - here.mean(axis=0)) * gain + there.mean(axis=0), 0, 255).astype(np.uint8)
