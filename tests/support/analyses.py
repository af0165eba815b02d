"""Finished analyses as the gateway answers them."""

from __future__ import annotations

from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2


def analysis(label: verdict_pb2.Label.ValueType, *, confidence: float | None = 0.9) -> resources_pb2.Analysis:
    """One finding (`frequency`) and one abstention (`face_spatial`)."""
    finding = evidence_pb2.Finding(log_likelihood_ratio=1.5, quality=1)
    abstention = evidence_pb2.Abstention(reason=evidence_pb2.ABSTENTION_REASON_NO_FACE)
    verdict = verdict_pb2.Verdict(
        label=label,
        risk_score=81.8,
        confidence=confidence,
        abstentions=[verdict_pb2.CueAbstention(cue="face_spatial", abstention=abstention, text="No face was found.")],
        explanation=[
            verdict_pb2.ExplanationSentence(role=verdict_pb2.EXPLANATION_ROLE_MEANING, text="It was changed."),
            verdict_pb2.ExplanationSentence(role=verdict_pb2.EXPLANATION_ROLE_FOR, text="Its spectrum has peaks."),
            verdict_pb2.ExplanationSentence(
                role=verdict_pb2.EXPLANATION_ROLE_NOT_EXAMINED, text="Not examined: faces."
            ),
        ],
    )
    return resources_pb2.Analysis(
        name="analyses/a",
        info=media_pb2.MediaInfo(sha256="ab" * 32),
        state=resources_pb2.ANALYSIS_STATE_SUCCEEDED,
        verdict=verdict,
        evidence=[
            evidence_pb2.Evidence(cue="frequency", finding=finding),
            evidence_pb2.Evidence(cue="face_spatial", abstention=abstention),
        ],
    )


def video_analysis() -> resources_pb2.Analysis:
    """Judged as manipulated; one stretch on the first person, one on nobody in particular."""
    judged = analysis(verdict_pb2.LABEL_MANIPULATED)
    judged.info.kind = media_pb2.MEDIA_KIND_VIDEO
    person = judged.verdict.segments.add(track_id=0, risk_score=93.4)
    person.start.FromMilliseconds(1200)
    person.end.FromMilliseconds(3400)
    picture = judged.verdict.segments.add(risk_score=71.0)
    picture.start.FromMilliseconds(62_500)
    picture.end.FromMilliseconds(64_000)
    return judged


def sound_analysis(kind: media_pb2.MediaKind.ValueType = media_pb2.MEDIA_KIND_AUDIO) -> resources_pb2.Analysis:
    """Judged as manipulated for 2.6 seconds of a voice."""
    judged = analysis(verdict_pb2.LABEL_MANIPULATED)
    judged.info.kind = kind
    stretch = judged.verdict.segments.add(risk_score=93.4)
    stretch.start.FromMilliseconds(3200)
    stretch.end.FromMilliseconds(5800)
    judged.evidence.append(heard("voice_spoof", 3.0, 3000, 6000))
    judged.verdict.contributions.add(cue="voice_spoof", weight=1, quality=1)
    return judged


def heard(cue: str, log_likelihood_ratio: float, start_ms: int, end_ms: int) -> evidence_pb2.Evidence:
    """A test of sound that speaks of one stretch."""
    span = evidence_pb2.TimeSpan(log_likelihood_ratio=log_likelihood_ratio)
    span.start.FromMilliseconds(start_ms)
    span.end.FromMilliseconds(end_ms)
    finding = evidence_pb2.Finding(log_likelihood_ratio=log_likelihood_ratio, quality=1, spans=[span])
    return evidence_pb2.Evidence(cue=cue, finding=finding)
