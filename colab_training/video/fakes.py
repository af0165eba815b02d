"""Fakes made from real clips: the face is replaced, picture by picture, as swaps, reenactments and lip changes do.

After self-blended images (Shiohara and Yamasaki, "Detecting Deepfakes with Self-Blended Images", CVPR 2022), carried over to
time: colour, place and edge of what is pasted waver from picture to picture, because forgers work picture by picture.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from colab_training.video.footage import Floats, Footage, Frames, similarity
from colab_training.video.masks import OUTLINES, soft_mask
from colab_training.video.wander import wander

Contents = Callable[[np.random.Generator, Footage, Footage], Frames]
"""What is pasted: for each picture of the first footage one that fits its landmarks. The second is another person's."""


@dataclass(frozen=True, eq=False)
class MadeFake:
    """A clip with a replaced face."""

    pixels: Frames
    """(T, H, W, 3) RGB."""
    replaced: NDArray[np.bool_]
    """(T,) in which pictures."""
    kind: str


def make_fake(
    rng: np.random.Generator, footage: Footage, donor: Footage, kind: str, replaced: NDArray[np.bool_]
) -> MadeFake:
    """Replaces the face of `footage` where `replaced` says so, in a way named by `KINDS`."""
    left, top, right, bottom = footage.surroundings()
    near, near_donor = footage.cut((left, top, right, bottom)), donor.cut(donor.surroundings())
    outline = OUTLINES[str(rng.choice(_OUTLINES_OF[kind]))]
    pixels = footage.pixels.copy()
    pixels[:, top:bottom, left:right] = blend(
        rng, near, KINDS[kind](rng, near, near_donor), np.asarray(outline), replaced
    )
    return MadeFake(pixels, replaced, kind)


def blend(
    rng: np.random.Generator, footage: Footage, pasted: Frames, outline: Floats, replaced: NDArray[np.bool_]
) -> Frames:
    """Lays `pasted` over the face through a soft mask; edge, colour and opacity waver."""
    count, height, width = footage.pixels.shape[:3]
    softness, opacity = rng.uniform(0.01, 0.06), rng.choice([1.0, 1.0, 0.85, 0.7])
    edge = wander(rng, count, outline.size, rng.uniform(0, 0.012), rng.choice([0.0, 0.8]))
    tint = rng.normal(0, rng.uniform(0, 5), 3) + wander(
        rng, count, 3, rng.uniform(0, 3.5), rng.choice([0.0, 0.7, 0.95])
    )
    mixed = footage.pixels.copy()
    for frame in np.flatnonzero(replaced):
        wavering = outline + edge[frame].reshape(outline.shape)
        mask = opacity * soft_mask(footage.landmarks[frame], wavering, (height, width), softness)[..., None]
        fitted = _colours_like(pasted[frame], footage.pixels[frame], mask) + tint[frame]
        mixed[frame] = np.clip(np.rint(mask * fitted + (1 - mask) * footage.pixels[frame]), 0, 255)
    return mixed


def own_face(rng: np.random.Generator, footage: Footage, _: Footage) -> Frames:
    """The same face, slightly moved, resampled and softened or sharpened."""
    count, height, width = footage.pixels.shape[:3]
    face_px = float(np.ptp(footage.landmarks[0][:, 0])) * 2.2
    fixed = rng.normal(0, [0.015, 0.015, 0.02, 0.015])
    moves = fixed + wander(rng, count, 4, rng.uniform(0.002, 0.012), rng.choice([0.0, 0.8, 0.95]))
    finish = _finish(rng, face_px)
    pictures = np.empty_like(footage.pixels)
    for frame in range(count):
        right, down, grow, turn = moves[frame]
        centre = footage.landmarks[frame].mean(axis=0)
        matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), float(np.degrees(turn)), 1 + float(grow))
        matrix[:, 2] += (right * face_px, down * face_px)
        moved = cv2.warpAffine(
            footage.pixels[frame], matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        pictures[frame] = finish(moved)
    return pictures


def other_moment(rng: np.random.Generator, footage: Footage, _: Footage) -> Frames:
    """The same face at other moments: another mouth, at another pace, or frozen for some pictures."""
    count = footage.frames
    shift = int(rng.integers(count // 6 + 1, max(count // 2, count // 6 + 2)))
    hold = int(rng.choice([1, 1, 2, 3]))
    moments = (np.arange(count) // hold * hold + shift) % count
    return _fitted(rng, footage, footage, moments)


def other_person(rng: np.random.Generator, footage: Footage, donor: Footage) -> Frames:
    """Another person's face, laid upon the landmarks."""
    start, pace = int(rng.integers(0, donor.frames)), float(rng.choice([1.0, 1.0, 0.8, 1.25]))
    moments = _there_and_back((start + np.arange(footage.frames) * pace).astype(int), donor.frames)
    return _fitted(rng, footage, donor, moments)


def regenerated(rng: np.random.Generator, footage: Footage, _: Footage) -> Frames:
    """The same face through a narrow bottleneck, with noise of its own in every picture, as decoders of networks leave it."""
    count, height, width = footage.pixels.shape[:3]
    face_px = float(np.ptp(footage.landmarks[0][:, 0])) * 2.2
    scale = min(1.0, float(rng.uniform(36, 96)) / face_px)
    small = (max(8, round(width * scale)), max(8, round(height * scale)))
    strength = rng.uniform(0.5, 3.0)
    pictures = np.empty_like(footage.pixels)
    for frame in range(count):
        reduced = cv2.resize(footage.pixels[frame], small, interpolation=cv2.INTER_AREA).astype(np.float32)
        reduced += rng.normal(0, strength, reduced.shape).astype(np.float32)
        grown = cv2.resize(reduced, (width, height), interpolation=cv2.INTER_CUBIC)
        sharp = grown + 0.5 * (grown - cv2.GaussianBlur(grown, (0, 0), 1.2))
        pictures[frame] = np.clip(sharp, 0, 255)
    return pictures


def animated_still(rng: np.random.Generator, footage: Footage, _: Footage) -> Frames:
    """One picture of the face, moved as the landmarks move: skin and light stay those of a single moment."""
    moment = int(rng.integers(0, footage.frames))
    return _fitted(rng, footage, footage, np.full(footage.frames, moment))


KINDS: Mapping[str, Contents] = {
    "own_face": own_face,
    "other_moment": other_moment,
    "other_person": other_person,
    "regenerated": regenerated,
    "animated_still": animated_still,
}
_OUTLINES_OF = {
    "own_face": ("face", "inner", "lower", "eyes"),
    "other_moment": ("inner", "lower", "lower", "eyes"),
    "other_person": ("face", "inner"),
    "regenerated": ("face", "inner", "lower"),
    "animated_still": ("face", "inner"),
}


def _fitted(rng: np.random.Generator, footage: Footage, donor: Footage, moments: NDArray[np.intp]) -> Frames:
    height, width = footage.pixels.shape[1:3]
    jitter = wander(rng, footage.frames, 10, rng.uniform(0, 0.02), rng.choice([0.0, 0.8]))
    face_px = float(np.ptp(footage.landmarks[0][:, 0])) * 2.2
    finish = _finish(rng, face_px)
    pictures = np.empty_like(footage.pixels)
    for frame, moment in enumerate(moments):
        target = footage.landmarks[frame] + jitter[frame].reshape(5, 2) * face_px
        matrix = similarity(donor.landmarks[moment], target)
        moved = cv2.warpAffine(
            donor.pixels[moment], matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        pictures[frame] = finish(moved)
    return pictures


def _finish(rng: np.random.Generator, face_px: float) -> Callable[[Frames], Frames]:
    """What the forger's tool does to sharpness, the same in every picture."""
    choice, amount = rng.choice(["none", "soften", "resample", "sharpen"]), float(rng.uniform(0.4, 1.2))
    scale = min(1.0, float(rng.uniform(64, 128)) / face_px)
    if choice == "soften":
        return lambda picture: np.asarray(cv2.GaussianBlur(picture, (0, 0), amount), np.uint8)
    if choice == "sharpen":
        return lambda picture: np.asarray(
            cv2.addWeighted(picture, 1 + amount, cv2.GaussianBlur(picture, (0, 0), 1.5), -amount, 0), np.uint8
        )
    if choice == "resample" and scale < 1:
        return lambda picture: _resampled(picture, scale)
    return lambda picture: picture


def _resampled(picture: Frames, scale: float) -> Frames:
    height, width = picture.shape[:2]
    small = cv2.resize(
        picture, (max(8, round(width * scale)), max(8, round(height * scale))), interpolation=cv2.INTER_AREA
    )
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def _colours_like(picture: Frames, target: Frames, mask: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W, 3) float: mean and spread of each colour under the mask (H, W, 1) as in `target` (Reinhard et al. 2001)."""
    weights = mask / max(float(mask.sum()), 1e-6)
    mean_from, mean_to = ((weights * pixels).sum(axis=(0, 1)) for pixels in (picture, target))
    spread_from, spread_to = (
        np.sqrt((weights * (pixels - mean) ** 2).sum(axis=(0, 1)))
        for pixels, mean in ((picture, mean_from), (target, mean_to))
    )
    gain = np.clip(spread_to / np.maximum(spread_from, 1.0), 0.6, 1.6)
    return np.asarray((picture - mean_from) * gain + mean_to, np.float32)


def _there_and_back(moments: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Positions in a clip that is played forwards and backwards, so that nothing jumps at its ends."""
    folded = moments % max(1, 2 * count - 2)
    return np.where(folded < count, folded, 2 * count - 2 - folded)
