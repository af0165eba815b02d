"""Evidence and fusion models for tests, made by hand."""

from __future__ import annotations

from google.protobuf import duration_pb2

from fusion_svc.model import FusionModel, FusionParameters, KindParameters, thresholds_by_point
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.model.v1 import card_pb2

PHOTO = media_pb2.MediaInfo(kind=media_pb2.MEDIA_KIND_IMAGE, mime_type="image/jpeg", size_bytes=9, sha256="ab" * 32)
VIDEO = media_pb2.MediaInfo(
    kind=media_pb2.MEDIA_KIND_VIDEO,
    mime_type="video/mp4",
    size_bytes=9,
    sha256="ab" * 32,
    duration=duration_pb2.Duration(seconds=20),
)
AUDIO = media_pb2.MediaInfo(
    kind=media_pb2.MEDIA_KIND_AUDIO,
    mime_type="audio/wav",
    size_bytes=9,
    sha256="ab" * 32,
    duration=duration_pb2.Duration(seconds=20),
)
PARAMETERS = KindParameters.model_validate(
    {
        "prior_log_odds": 0.0,
        "weights": {"alpha": 1.0, "beta": 0.5, "gamma": 0.25},
        "labels": {"manipulated": 2.0, "suspicious": 1.0, "authentic": -1.0},
        "min_evidence": 0.5,
        "conflict": 1.5,
        "cues": ["alpha", "beta"],
    }
)
TIMED_PARAMETERS = PARAMETERS.model_copy(update={"search_discount": 0.25})
SOUND_PARAMETERS = TIMED_PARAMETERS.model_copy(
    update={"weights": {**PARAMETERS.weights, "voice_spoof": 1.0, "av_coherence": 0.5}, "cues": ["voice_spoof"]}
)
SILENT_PARAMETERS = PARAMETERS.model_copy(update={"cues": []})


def a_point(
    name: str, threshold: float, *, items: int = 300, dataset: str = "val, 4 kinds of fake"
) -> card_pb2.OperatingPoint:
    """A measured operating point; with 0 items, one that was not measured."""
    return card_pb2.OperatingPoint(
        name=name,
        threshold=threshold,
        false_positive_rate=0.02 if items else 0,
        true_positive_rate=0.97 if items else 0,
        false_positive_rate_upper=0.043 if items else 0,
        authentic_items=items,
        manipulated_items=items,
        dataset=dataset if items else "",
    )


def all_kinds(
    image: KindParameters = PARAMETERS,
    video: KindParameters = TIMED_PARAMETERS,
    audio: KindParameters = SILENT_PARAMETERS,
) -> FusionParameters:
    """Parameters of every kind of media; unless told otherwise nothing is known of sound."""
    return FusionParameters(kinds={"image": image, "video": video, "audio": audio})


def points_of(parameters: FusionParameters, *, items: int = 300) -> dict[str, card_pb2.OperatingPoint]:
    """Operating points at the thresholds of these parameters."""
    thresholds = thresholds_by_point(parameters)
    return {name: a_point(name, threshold, items=items) for name, threshold in thresholds.items()}


def a_model(parameters: FusionParameters | None = None, *, items: int = 300) -> FusionModel:
    """A fusion model with operating points at the thresholds of its parameters."""
    known = parameters or all_kinds()
    reference = evidence_pb2.ModelReference(name="fusion", version="9.9.9", card_sha256="cd" * 32)
    return FusionModel(reference=reference, parameters=known, operating_points=points_of(known, items=items))


def a_finding(
    cue: str, log_likelihood_ratio: float, quality: float = 1.0, code: str = "some_code", **parameters: str
) -> evidence_pb2.Evidence:
    """Evidence with an opinion."""
    return evidence_pb2.Evidence(
        cue=cue,
        finding=evidence_pb2.Finding(
            log_likelihood_ratio=log_likelihood_ratio,
            quality=quality,
            reason=evidence_pb2.FindingReason(code=code, parameters=parameters),
        ),
    )


def an_abstention(
    cue: str, reason: evidence_pb2.AbstentionReason.ValueType, **parameters: str
) -> evidence_pb2.Evidence:
    """Evidence without an opinion."""
    return evidence_pb2.Evidence(cue=cue, abstention=evidence_pb2.Abstention(reason=reason, parameters=parameters))


def a_span(
    start_s: float, end_s: float, log_likelihood_ratio: float, track_id: int | None = 0
) -> evidence_pb2.TimeSpan:
    """A stretch of time that a test points at; without a track it is about the whole picture."""
    return evidence_pb2.TimeSpan(
        start=_duration(start_s), end=_duration(end_s), log_likelihood_ratio=log_likelihood_ratio, track_id=track_id
    )


def a_timeline(
    cue: str, *spans: evidence_pb2.TimeSpan, quality: float = 1.0, code: str = "some_code", **parameters: str
) -> evidence_pb2.Evidence:
    """Evidence with spans; the test's own opinion is that of its worst span."""
    worst = max((span.log_likelihood_ratio for span in spans), default=0.0)
    entry = a_finding(cue, worst, quality, code, **parameters)
    entry.finding.spans.extend(spans)
    return entry


def _duration(time_s: float) -> duration_pb2.Duration:
    nanos = round(time_s * 1e9)
    return duration_pb2.Duration(seconds=nanos // 10**9, nanos=nanos % 10**9)
