"""What the exported network says about labelled pictures, through the code that serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from colab_training.manifest import Sample
from colab_training.metrics import Estimate, Floats, auc, bootstrap, rate
from colab_training.shortcuts import features_of, grouped_auc
from colab_training.whole_picture.alike import CUT, FRAMED, PORTRAIT, Alike, Read
from colab_training.whole_picture.sources import Labelled
from image_svc.cues.gates import Refusal
from image_svc.patches import admit, judge
from kit.models.runtime import Session
from telltale.common.v1 import evidence_pb2
from telltale.model.v1 import card_pb2


@dataclass(frozen=True)
class Answer:
    """The raw logit and the strangeness of a picture, or why there are none."""

    sample: Sample
    raw: float = float("nan")
    strangeness: float = float("nan")
    refusal: str = ""

    @property
    def is_opinion(self) -> bool:
        """Whether serving gives a finding."""
        return not self.refusal and self.strangeness <= 1


@dataclass(frozen=True)
class Contest:
    """Fakes of one source against the real pictures of one, as their files are or made alike."""

    fake: str
    real: str
    alike: Alike | None = None

    @property
    def name(self) -> str:
        """As it stands in the card."""
        return self.fake if self.alike is None else f"{self.fake}, {self.alike.name}"

    def reads(self, _: Labelled) -> Read:
        """How its pictures are read."""
        return Labelled.read if self.alike is None else self.alike.read

    def chosen(self, pictures: Sequence[Labelled]) -> list[Labelled]:
        """Its pictures among these."""
        return [p for p in pictures if p.sample.source == (self.fake if p.sample.fake else self.real)]


CONTESTS: Final = (
    Contest("gan_genphotos", "gan_genphotos", CUT),
    Contest("gan_genphotos", "gan_genphotos", FRAMED),
    Contest("gan_genphotos", "gan_genphotos"),
    Contest("stylegan2_tpdne", "stylegan2_tpdne"),
    Contest("diffusion_sd3", "stylegan2_tpdne", PORTRAIT),
    Contest("diffusion_sd3", "stylegan2_tpdne"),
)


def answers(
    session: Session,
    preprocessing: card_pb2.ImagePreprocessing,
    pictures: Sequence[Labelled],
    read: Callable[[Labelled], Read] = lambda _: Labelled.read,
) -> list[Answer]:
    """One answer a picture, in order; `read` says how each is read."""
    return [_answer(session, preprocessing, labelled, read(labelled)) for labelled in pictures]


def contest_auc(given: Sequence[Answer]) -> Estimate:
    """AUC of the pictures with an opinion; nan where a class has none."""
    opinions = [answer for answer in given if answer.is_opinion]
    labels = [answer.sample.fake for answer in opinions]
    if len(set(labels)) < 2:
        return Estimate(float("nan"), float("nan"), float("nan"), len(opinions))
    return bootstrap(auc, labels, [answer.raw for answer in opinions], rounds=500)


def shortcut(contest: Contest, pictures: Sequence[Labelled]) -> Estimate:
    """What size, compression and mean colour alone tell in a contest whose pictures were made alike."""
    if contest.alike is None:
        raise ValueError(f"{contest.name} is not made alike, so its files' outsides differ by design")
    files = [(contest.alike.jpeg(pixels), contest.alike.made(pixels)) for pixels in (p.read() for p in pictures)]
    features = np.stack([features_of(data, pixels) for data, pixels in files])
    return grouped_auc(features, [p.sample.fake for p in pictures], [p.sample.group for p in pictures])


def alarms(given: Sequence[Answer], ratios: Floats, threshold: float) -> Estimate:
    """Share of pictures at or above a threshold; one without an opinion raises no alarm."""
    above = [answer.is_opinion and ratio >= threshold for answer, ratio in zip(given, ratios, strict=True)]
    return rate(sum(above), len(above))


def _answer(session: Session, preprocessing: card_pb2.ImagePreprocessing, labelled: Labelled, read: Read) -> Answer:
    admitted = admit(read(labelled), preprocessing)
    if isinstance(admitted, Refusal):
        name = evidence_pb2.AbstentionReason.Name(admitted.reason).removeprefix("ABSTENTION_REASON_").lower()
        return Answer(labelled.sample, refusal=name)
    judged = judge(session, admitted.tensors)
    return Answer(labelled.sample, judged.raw, judged.strangeness)
