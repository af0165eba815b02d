"""Clips whose middle third was swapped, in a way that no model learned from: gradient-domain cloning of another person's face.

Pérez et al., "Poisson Image Editing" (SIGGRAPH 2003); the fakes that models learn from are blended by soft masks instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from colab_training.video.encode import Encoding, encoded
from colab_training.video.footage import TEMPLATE, Footage, Frames, placed, similarity
from colab_training.video.manifest import Clip
from colab_training.video.masks import OUTLINES
from colab_training.video.sources import Reader, footage_of
from kit.media.spans import Span

LEAST_S = 2.4
"""Shorter clips have no middle third that is worth the name: 0.8 s."""
_ENCODING = Encoding(23, 1.0)


@dataclass(frozen=True, eq=False)
class Third:
    """A made clip and where it is fake."""

    clip: Clip
    data: bytes
    swapped: Span


def thirds(reader: Reader, clips: Sequence[Clip]) -> list[Third]:
    """One per real clip that is long enough; the next one of another source lends the face."""
    found = [(clip, footage_of(reader, clip)) for clip in clips]
    known = [(clip, footage) for clip, footage in found if footage is not None]
    made = []
    for position, (clip, footage) in enumerate(known):
        if footage.frames / footage.rate_fps < LEAST_S:
            continue
        turned = [*known[position + 1 :], *known[:position]]
        donor = next(other for owner, other in turned if owner.source != clip.source)
        first, end = footage.frames // 3, 2 * footage.frames // 3
        data = encoded(swapped(footage, donor, first, end), footage.rate_fps, _ENCODING)
        made.append(Third(clip, data, Span(first / footage.rate_fps, end / footage.rate_fps)))
    return made


def swapped(footage: Footage, donor: Footage, first: int, end: int) -> Frames:
    """The pictures (T, H, W, 3) with the donor's face in those from `first` to before `end`."""
    pixels = footage.pixels.copy()
    for frame in range(first, end):
        pixels[frame] = _cloned(pixels[frame], footage, donor, frame, frame % donor.frames)
    return pixels


def _cloned(picture: Frames, footage: Footage, donor: Footage, frame: int, moment: int) -> Frames:
    height, width = picture.shape[:2]
    target = footage.landmarks[frame]
    matrix = similarity(donor.landmarks[moment], target)
    face = cv2.warpAffine(donor.pixels[moment], matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    points = placed(np.asarray(OUTLINES["inner"]), similarity(TEMPLATE, target))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillPoly(mask, [np.rint(points).astype(np.int32)], 255)
    mask[:2], mask[-2:], mask[:, :2], mask[:, -2:] = 0, 0, 0, 0  # the method needs a border to start from
    left, top, wide, tall = cv2.boundingRect(mask)
    centre = (left + wide // 2, top + tall // 2)
    return np.asarray(cv2.seamlessClone(face, picture, mask, centre, cv2.NORMAL_CLONE), np.uint8)


def temporal_iou(found: Sequence[Span], truth: Span, step_s: float = 0.01) -> float:
    """Shared time over joint time of stretches that may overlap and one true one."""
    end_s = max([truth.end_s, *(span.end_s for span in found)])
    moments_s = np.arange(0, end_s, step_s) + step_s / 2
    inside = np.zeros(moments_s.size, bool)
    for span in found:
        inside |= (moments_s >= span.start_s) & (moments_s < span.end_s)
    true = (moments_s >= truth.start_s) & (moments_s < truth.end_s)
    return float((inside & true).sum() / max(1, (inside | true).sum()))
