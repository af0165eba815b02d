"""How often the comparison of previews speaks when the preview is the picture's own, and when it is that of another picture."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import datetime

from colab_training.metadata_files import AUTHENTIC, LabelledFile
from metadata_svc.cues import exif_reader
from metadata_svc.cues.exif_checks import Conflict, Outcome, thumbnail_content
from metadata_svc.facts import Facts
from metadata_svc.reading import jpeg, preview


def own_answers(files: Sequence[LabelledFile], now: datetime) -> list[bool]:
    """Whether the check fires on each authentic file where it could be asked."""
    return list(_fired([file.facts for file in files if file.label == AUTHENTIC], now))


def foreign_answers(files: Sequence[LabelledFile], now: datetime) -> list[bool]:
    """The same where each preview stands beside one photo of another camera: as after copying EXIF, or putting in a picture."""
    previews = [file for file in files if file.label == AUTHENTIC and file.facts.reading["preview"]]
    photos = [file for file in files if file.label == AUTHENTIC and not file.facts.has_exif()]
    pairs = zip(previews, photos, strict=False)
    return list(_fired([_beside(owner, photo) for owner, photo in pairs], now))


def _beside(owner: LabelledFile, photo: LabelledFile) -> Facts:
    thumbnail = exif_reader.read(jpeg.blocks(owner.path.read_bytes()).exif)["thumbnail"]
    reading = {**owner.facts.reading, "preview": preview.compare(thumbnail, photo.path.read_bytes())}
    return dataclasses.replace(owner.facts, reading=reading)  # type: ignore[arg-type]  # the same keys


def _fired(facts: Sequence[Facts], now: datetime) -> Iterator[bool]:
    answers = (thumbnail_content(each, now) for each in facts)
    yield from (isinstance(answer, Conflict) for answer in answers if answer is not Outcome.NOT_ASKED)
