"""How often the comparison of previews speaks when the preview is the picture's own, and when it is that of another picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime

from colab_training.metadata_files import AUTHENTIC, LabelledFile
from metadata_svc.cues.exif_checks import Conflict, Outcome, thumbnail_content
from metadata_svc.facts import Facts
from metadata_svc.reading import jpeg, preview, tiff


def own_facts(files: Sequence[LabelledFile]) -> list[Facts]:
    """Of each authentic file."""
    return [file.facts for file in files if file.label == AUTHENTIC]


def foreign_facts(files: Sequence[LabelledFile]) -> list[Facts]:
    """Of each authentic file with a preview, beside another camera's photo: as after copying EXIF, or putting in a picture."""
    previews = [file for file in files if file.label == AUTHENTIC and file.facts.preview]
    photos = [file for file in files if file.label == AUTHENTIC and not file.facts.has_exif()]
    pairs = zip(previews, photos, strict=False)
    return [_beside(owner, photo) for owner, photo in pairs]


def own_answers(files: Sequence[LabelledFile], now: datetime) -> list[bool]:
    """Whether the check fires on each authentic file where it could be asked."""
    return list(_fired(own_facts(files), now))


def foreign_answers(files: Sequence[LabelledFile], now: datetime) -> list[bool]:
    """The same where the preview is that of another picture."""
    return list(_fired(foreign_facts(files), now))


def _beside(owner: LabelledFile, photo: LabelledFile) -> Facts:
    small = tiff.preview(jpeg.blocks(owner.path.read_bytes()).exif)
    return dataclasses.replace(owner.facts, preview=preview.compare(small, photo.path.read_bytes()))


def _fired(facts: Sequence[Facts], now: datetime) -> Iterator[bool]:
    answers = (thumbnail_content(each, now) for each in facts)
    yield from (isinstance(answer, Conflict) for answer in answers if answer is not Outcome.NOT_ASKED)
