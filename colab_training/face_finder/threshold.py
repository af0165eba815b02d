"""How sure the finder must be before it says "face"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from colab_training.face_finder.measure import false_faces
from kit.convert.tensor import Picture
from kit.vision.faces import FaceFinder

# Below the first, a finder that is never wrong on few photos would trust any cell; above the last, it misses too much.
CANDIDATES = tuple(step / 100 for step in range(25, 85, 5))


def choose_threshold(at: Callable[[float], FaceFinder], photos: Sequence[Picture], most_false_faces: float) -> float:
    """The smallest candidate with at most `most_false_faces` faces a photo, none of which has one; else the largest."""
    loud = list(photos)
    for threshold in CANDIDATES:
        counts = false_faces(at(threshold), loud)
        if sum(counts) <= most_false_faces * len(photos):
            return threshold
        # A photo without a face at one threshold has none at a higher one.
        loud = [photo for photo, count in zip(loud, counts, strict=True) if count]
    return CANDIDATES[-1]
