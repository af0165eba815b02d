"""From a file to one number: what the model that is judged says of it."""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fusion_svc.judge import judge
from fusion_svc.model import FusionModel
from kit.errors import InvalidRequest
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.probe import probe
from kit.media.sandbox import Sandbox
from promotion.judging.services import Evidence, Examined
from promotion.measurements import Reading
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.model.v1 import card_pb2

Opinion = Callable[[Evidence, media_pb2.MediaInfo], Reading]


@dataclass(frozen=True)
class FileJudge:
    """Judges files. The seconds are processor time of this process alone, so that others on the machine do not count.

    Attributes:
        opinion: from the evidence of a file to a reading, without its time.
        opinion_alone: whether only the step from evidence to opinion is timed: the model is the fusion model.
    """

    sandbox: Sandbox
    service: Examined
    opinion: Opinion
    opinion_alone: bool

    def read(self, path: Path, sha256: str) -> Reading:
        """The reading of the file with that digest.

        Raises InvalidRequest: it was changed, or the answer is no number; and what probing and the detectors raise.
        """
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise InvalidRequest("the file was changed after the golden set was read; run the gates again")
        with MediaFile.from_bytes(content) as media:
            info = probe(self.sandbox, media, MediaLimits(), None)
            started_s = time.process_time()
            evidence = self.service.examine(media, info)
            between_s = time.process_time()
            found = checked(self.opinion(evidence, info))
        start_s = between_s if self.opinion_alone else started_s
        return Reading(found.llr, found.alarm, time.process_time() - start_s, found.abstention)


@dataclass(frozen=True)
class OwnTest:
    """The ratio of the model's own test."""

    subject: str
    threshold_llr: float

    def __call__(self, evidence: Evidence, info: media_pb2.MediaInfo) -> Reading:
        """Its finding or abstention; where several tests name the model, the strongest finding."""
        own = [entry for entry in evidence if entry.model.name == self.subject]
        found = [entry.finding.log_likelihood_ratio for entry in own if entry.HasField("finding")]
        if found:
            ratio = max(found, key=abs)
            return Reading(ratio, ratio >= self.threshold_llr, 0.0)
        reasons = [evidence_pb2.AbstentionReason.Name(entry.abstention.reason) for entry in own]
        return Reading(None, False, 0.0, ", ".join(reasons) or "no test of it was run on this kind of file")


@dataclass(frozen=True)
class Verdict:
    """What the fusion model makes of all the evidence: log-odds without the prior, and whether the label accuses."""

    fusion: FusionModel

    def __call__(self, evidence: Evidence, info: media_pb2.MediaInfo) -> Reading:
        """Without a single finding there is no opinion."""
        return reading_of(judge(evidence, info, self.fusion))


def reading_of(verdict: verdict_pb2.Verdict) -> Reading:
    """What a verdict says of its file, without the prior; without a contribution there is no opinion."""
    if not verdict.contributions:
        return Reading(None, False, 0.0, "no test gave an opinion")
    accused = verdict.label == verdict_pb2.LABEL_MANIPULATED
    return Reading(verdict.log_odds - verdict.prior_log_odds, accused, 0.0)


def checked(reading: Reading) -> Reading:
    """The reading. Raises InvalidRequest: its ratio is not finite, of which JSON would make an abstention."""
    if reading.llr is not None and not math.isfinite(reading.llr):
        raise InvalidRequest(f"the answer is {reading.llr}, which is no ratio; correct the model")
    return reading


def threshold_of(card: card_pb2.ModelCard, otherwise: float) -> float:
    """Where the model accuses: at the operating point of its card with the fewest false alarms, else at `otherwise`."""
    points = card.postprocessing.operating_points
    return max((point.threshold for point in points), default=otherwise)
