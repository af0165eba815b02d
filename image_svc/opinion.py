"""From what a test says of single frames to its evidence on a video."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from image_svc.cues.cue import Cue
from image_svc.cues.face_spatial import NATURAL, SYNTHETIC
from image_svc.session import FaceJudge
from image_svc.timeline import Moment, people, regions, spans, worst
from kit.convert.evidence import abstention, finding
from kit.convert.times import time_span
from kit.media.spans import Span
from kit.vision.paths import Times
from telltale.common.v1 import evidence_pb2

# Faces are looked for every 0.16 s: one was there for half of that before it was first seen, and after.
_BESIDE_S: Final = 0.08


def face_evidence(
    judge: FaceJudge, moments: Sequence[Moment], examined: Sequence[Span], frame_px: tuple[int, int], largest_px: float
) -> evidence_pb2.Evidence:
    """The finding of the learned face test: its likelihood ratio is that of the worst second of any person.

    Args:
        judge: the test.
        moments: what it said of single faces.
        examined: the stretches that were looked at, in order of time.
        frame_px: width and height of the frames.
        largest_px: longer side of the largest face found; 0 without any.
    """
    if not moments:
        return _no_face(judge, largest_px)
    most, by_person = worst(moments), [worst(person) for person in people(moments)]
    suspicious = sum(each.log_likelihood_ratio > 0 for each in by_person)
    return finding(
        judge.name,
        most.log_likelihood_ratio,
        float(np.median([judge.quality(moment.face) for moment in moments])),
        SYNTHETIC if most.log_likelihood_ratio > 0 else NATURAL,
        {"faces": str(len(by_person)), "suspicious_faces": str(suspicious), **_when(most.span)},
        regions=regions(moments, frame_px),
        spans=spans(moments, examined),
        model=judge.model.reference,
    )


def key_frame_evidence(
    cue: Cue, judged: Sequence[tuple[Moment, Span, evidence_pb2.Evidence]], frame_px: tuple[int, int]
) -> evidence_pb2.Evidence:
    """A test of stills on the key frames of a video: one span for each that it has an opinion on, the worst decides.

    Args:
        cue: the test.
        judged: what it said of each key frame: the face, the stretch for which the frame stands, its evidence.
        frame_px: width and height of the frames.
    """
    findings = [each for each in judged if each[2].HasField("finding")]
    if not findings:
        return _refusal(cue, [evidence for _, _, evidence in judged])
    moment, span, evidence = max(findings, key=lambda each: each[0].log_likelihood_ratio)
    moments = [each for each, _, _ in findings]
    suspicious = sum(each.log_likelihood_ratio > 0 for each in moments)
    return finding(
        cue.name,
        moment.log_likelihood_ratio,
        float(np.median([each.finding.quality for _, _, each in findings])),
        evidence.finding.reason.code,
        {"frames": str(len(moments)), "suspicious_frames": str(suspicious), **_when(span)},
        regions=regions(moments, frame_px),
        spans=[time_span(span, each.log_likelihood_ratio, each.track_id) for each, span, _ in findings],
        model=cue.model.reference,
    )


def photos_only(cue: Cue) -> evidence_pb2.Evidence:
    """The abstention of a test that was fitted on photos and never tried on frames of videos."""
    reason = evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    return abstention(cue.name, reason, {"media_kind": "video"}, model=cue.model.reference)


def stands_for(stretch: Span, times_s: Times) -> Span:
    """The part of a stretch in which a face that was found at some times (T,) was there."""
    inside = times_s[(times_s >= stretch.start_s - _BESIDE_S) & (times_s <= stretch.end_s + _BESIDE_S)]
    start_s = max(stretch.start_s, float(inside.min()) - _BESIDE_S)
    return Span(start_s, max(min(stretch.end_s, float(inside.max()) + _BESIDE_S), start_s + _BESIDE_S))


def _no_face(judge: FaceJudge, largest_px: float) -> evidence_pb2.Evidence:
    if not largest_px:
        return abstention(judge.name, evidence_pb2.ABSTENTION_REASON_NO_FACE, {}, model=judge.model.reference)
    sizes = {"face_px": str(round(largest_px)), "needed_px": str(judge.needed_px)}
    return abstention(judge.name, evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL, sizes, model=judge.model.reference)


def _refusal(cue: Cue, abstentions: Sequence[evidence_pb2.Evidence]) -> evidence_pb2.Evidence:
    """The most common reason why a test has no opinion on any of the key frames."""
    if not abstentions:
        return abstention(cue.name, evidence_pb2.ABSTENTION_REASON_NO_FACE, {}, model=cue.model.reference)
    reasons = Counter(each.abstention.reason for each in abstentions)
    common = reasons.most_common(1)[0][0]
    told = next(each.abstention for each in abstentions if each.abstention.reason == common)
    return abstention(cue.name, common, told.parameters, model=cue.model.reference)


def _when(span: Span) -> dict[str, str]:
    return {"start_s": f"{span.start_s:.1f}", "end_s": f"{span.end_s:.1f}"}
