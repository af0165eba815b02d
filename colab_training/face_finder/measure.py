"""How good a face finder is on pictures whose faces are known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from colab_training.face_finder.annotated import Annotated
from colab_training.metrics import Estimate, rate
from kit.convert.tensor import Picture
from kit.vision.boxes import overlaps
from kit.vision.faces import Face, FaceFinder, Floats

SAME_FACE = 0.5


@dataclass(frozen=True)
class Sought:
    """A face that is there: its longer side, the best overlap of a found box, and the landmarks' error where it was found."""

    size_px: float
    overlap: float
    landmark_error: float
    """Mean distance of the five landmarks, as a share of the distance between the eyes; nan when the face was missed."""

    @property
    def found(self) -> bool:
        """Whether a box shares more than half of what both cover."""
        return self.overlap >= SAME_FACE


def look_for(finder: FaceFinder, pictures: Iterable[Annotated]) -> list[Sought]:
    """Every face of every picture, found or missed."""
    return [sought for picture in pictures for sought in compared(finder.find(picture.pixels), picture)]


def compared(found: Sequence[Face], picture: Annotated) -> list[Sought]:
    """The faces of one picture against what was found in it."""
    return [_sought(box, marks, found) for box, marks in zip(picture.boxes, picture.landmarks, strict=True)]


def recall(faces: Sequence[Sought], least_px: float = 0.0, below_px: float = float("inf")) -> Estimate:
    """Share of the faces of a range of sizes that were found, with its 95% interval."""
    asked = [face for face in faces if least_px <= face.size_px < below_px]
    return rate(sum(face.found for face in asked), len(asked))


def landmark_error(faces: Sequence[Sought], rounds: int = 500) -> Estimate:
    """Median over the faces that were found, with its 95% bootstrap interval; nan when none was."""
    errors = np.array([face.landmark_error for face in faces if face.found])
    if not errors.size:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    medians = np.median(np.random.default_rng(0).choice(errors, (rounds, errors.size)), axis=1)
    low, high = np.quantile(medians, [0.025, 0.975])
    return Estimate(float(np.median(errors)), float(low), float(high), errors.size)


def false_faces(finder: FaceFinder, photos: Iterable[Picture]) -> list[int]:
    """Faces found in each of the photos, in which there are none."""
    return [len(finder.find(photo)) for photo in photos]


def _sought(box: Floats, landmarks: Floats, found: Sequence[Face]) -> Sought:
    size_px = float(max(box[2:] - box[:2]))
    if not found:
        return Sought(size_px, 0.0, float("nan"))
    boxes = np.asarray([box, *(face.box_px for face in found)], np.float32)
    shares = overlaps(boxes, of_smaller=False)[0, 1:]
    best = int(np.argmax(shares))
    between_eyes = max(float(np.linalg.norm(landmarks[0] - landmarks[1])), 1e-6)
    error = float(np.linalg.norm(found[best].landmarks_px - landmarks, axis=1).mean()) / between_eyes
    return Sought(size_px, float(shares[best]), error if shares[best] >= SAME_FACE else float("nan"))
