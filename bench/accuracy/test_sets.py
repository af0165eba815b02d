"""Which pictures are examined, and in which form: as they were filed, and with both classes of a source made alike."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from colab_training.evaluation import reals_of
from colab_training.manifest import Sample
from colab_training.pictures import FacePicture, FoundFace, face_pictures
from colab_training.source_equalisation import Alike, alike_jpeg, differ_in_size, fitting, softened

# Larger sources are measured on their split val alone; smaller ones lend all their pictures to the row of shortcuts.
_LARGE = 2000


@dataclass(frozen=True)
class AlikeFiles:
    """JPEG files in which both classes are alike, by the name of the original; and how they were made, by source."""

    files: Mapping[str, bytes]
    how: Mapping[str, Alike]
    soft: Mapping[str, bytes]
    """Softened besides, of those sources whose classes come from pictures of different sizes."""


def pool(samples: Sequence[Sample]) -> list[Sample]:
    """The pictures from which test sets are drawn: split val, and every picture of the small sources."""
    sizes = Counter(sample.source for sample in samples)
    return [sample for sample in samples if sample.part == "val" or sizes[sample.source] <= _LARGE]


def make_alike(root: Path, samples: Iterable[Sample], faces: Mapping[str, FoundFace]) -> AlikeFiles:
    """Equalised copies of the pictures with a face."""
    files: dict[str, bytes] = {}
    soft: dict[str, bytes] = {}
    how: dict[str, Alike] = {}
    for name, own in partners(samples).items():
        pictures = face_pictures(root, own, faces)
        if pictures:
            how[name] = fitting(pictures)
            files |= _made(pictures, how[name])
            soft |= _made(pictures, softened(how[name])) if differ_in_size(pictures) else {}
    return AlikeFiles(files, how, soft)


def partners(samples: Iterable[Sample]) -> dict[str, list[Sample]]:
    """The samples by source; fakes without real pictures of their own stand with those they are held against."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[reals_of(sample.source)].append(sample)
    return dict(found)


def unlearned(samples: Sequence[Sample], learned: set[str]) -> dict[str, list[Sample]]:
    """By source that no model learned from: its pictures of the parts fit and val; calibration may have seen the rest."""
    found: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        if sample.source not in learned and sample.part != "calibration":
            found[sample.source].append(sample)
    return dict(found)


def _made(pictures: Iterable[FacePicture], how: Alike) -> dict[str, bytes]:
    return {picture.sample.file: alike_jpeg(picture, how) for picture in pictures}
