"""From a test's timeline to its evidence: one implementation, so that all tests speak of time, people and quality alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kit.convert.evidence import abstention, finding
from kit.convert.moments import Moment, people, seen_s, spans, worst
from kit.vision.clips import CLIP_HOP_S, MIN_DIFFERENT_FRAMES
from telltale.common.v1 import evidence_pb2
from temporal_svc.cues.cue import Cue

# Up to this multiple of the smallest face, detail is still being lost to the small size.
_COMFORTABLE: Final = 2.0
# A face that is in view for this long has shown how it moves, however long the rest of the video is.
_ENOUGH_S: Final = 3.84


@dataclass(frozen=True, slots=True)
class ClipMoment(Moment):
    """One clip after a test has judged it."""

    face_px: float
    """Longer side of the face in the file, median over the clip."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What there was to look at, for all tests alike."""

    faces: int
    """People whose face was found."""
    clips: int
    largest_face_px: float
    """Longer side of the face in the file, of the clip in which it is largest; 0 without clips."""
    examined_s: float
    """Seconds of the video that were looked at."""


def evidence_of(cue: Cue, moments: Sequence[ClipMoment], shown: int, seen: Seen) -> evidence_pb2.Evidence:
    """A finding with one span per clip, or an abstention.

    Args:
        cue: the test.
        moments: the clips that it has an opinion on.
        shown: number of clips that it was shown.
        seen: what there was to look at.
    """
    if not moments:
        reason, parameters = _refusal(cue, shown, seen)
        return abstention(cue.name, reason, parameters, model=cue.model.reference)
    moment, ratio = worst(moments, CLIP_HOP_S)
    parameters = {
        "start_s": f"{moment.start_s:.1f}",
        "end_s": f"{moment.end_s:.1f}",
        "people": str(len(people(moments))),
    }
    return finding(
        cue.name,
        ratio,
        quality(moments, needed_px(cue), seen.examined_s),
        cue.code_for if ratio > 0 else cue.code_against,
        parameters,
        spans=spans(moments),
        model=cue.model.reference,
    )


def needed_px(cue: Cue) -> int:
    """Smallest longer side of a face box in the file that the test may be shown."""
    return cue.model.card.clip_preprocessing.min_face_px


def quality(moments: Sequence[ClipMoment], smallest_px: int, examined_s: float) -> float:
    """[0, 1]: 1 for faces of twice the pixels needed that are in view for about four seconds, or for all that was looked at."""
    size = float(np.median([moment.face_px for moment in moments])) / (_COMFORTABLE * max(1, smallest_px))
    # Up to a hop at the end of a video is too short for one more clip.
    share = seen_s(moments) / max(min(examined_s - CLIP_HOP_S, _ENOUGH_S), CLIP_HOP_S)
    return min(1.0, size) * min(1.0, share)


def _refusal(cue: Cue, shown: int, seen: Seen) -> tuple[evidence_pb2.AbstentionReason.ValueType, dict[str, str]]:
    if not seen.faces:
        return evidence_pb2.ABSTENTION_REASON_NO_FACE, {}
    if not seen.clips:
        missing = f"face that stays in view for {CLIP_HOP_S:g} seconds and {MIN_DIFFERENT_FRAMES} frames"
        return evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"missing": missing}
    if not shown:
        sizes = {"face_px": str(round(seen.largest_face_px)), "needed_px": str(needed_px(cue))}
        return evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, sizes
    return evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"clips": str(shown)}
