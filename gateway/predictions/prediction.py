"""An analysis as a line of the prediction log: what of it may be kept when all else is deleted."""

from __future__ import annotations

from typing import Final

from gateway.making.plan import asked_about
from kit.predictions import Prediction
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.fusion.v1 import verdict_pb2
from telltale.gateway.v1 import resources_pb2

_MEDIUM: Final = {
    media_pb2.MEDIA_KIND_IMAGE: "photo",
    media_pb2.MEDIA_KIND_VIDEO: "video",
    media_pb2.MEDIA_KIND_AUDIO: "recording",
}
_DIGITS: Final = 3


def medium_of(info: media_pb2.MediaInfo) -> str:
    """What people call it: "photo", "video" or "recording"."""
    return _MEDIUM[info.kind]


def label_of(verdict: verdict_pb2.Verdict) -> str:
    """The label's own name, e.g. "MANIPULATED"."""
    return verdict_pb2.Label.Name(verdict.label).removeprefix("LABEL_")


def megabytes_of(info: media_pb2.MediaInfo) -> float:
    """Length of the file, 10^6 bytes."""
    return _coarse(info.size_bytes / 1e6)


def megapixels_of(info: media_pb2.MediaInfo) -> float | None:
    """Size of the photo or a frame, 10^6 pixels; None where there is no picture."""
    return _coarse(info.width_px * info.height_px / 1e6) if info.HasField("width_px") else None


def duration_s_of(info: media_pb2.MediaInfo) -> float | None:
    """Playing time; None for photos."""
    return _coarse(info.duration.ToMicroseconds() / 1e6) if info.HasField("duration") else None


def prediction_of(analysis: resources_pb2.Analysis) -> Prediction:
    """What is logged of an analysis that has its verdict."""
    recalled = {origin.detector for origin in analysis.origins if origin.recalled_from}
    references = [piece.model for piece in analysis.evidence if piece.HasField("model")]
    references.append(analysis.verdict.replay.fusion_model)
    findings = {piece.cue: piece.finding for piece in analysis.evidence if piece.HasField("finding")}
    return Prediction(
        time_s=analysis.complete_time.seconds,
        medium=medium_of(analysis.info),
        form=analysis.info.mime_type.rpartition("/")[2],
        megabytes=megabytes_of(analysis.info),
        megapixels=megapixels_of(analysis.info),
        duration_s=duration_s_of(analysis.info),
        label=label_of(analysis.verdict),
        risk_score=analysis.verdict.risk_score,
        findings={cue: finding.log_likelihood_ratio for cue, finding in findings.items()},
        abstentions={piece.cue: _reason(piece) for piece in analysis.evidence if piece.HasField("abstention")},
        models={each.name: each.version for each in references if each.name},
        seconds=_seconds(analysis, recalled),
        recalled=bool(recalled),
    )


def _reason(piece: evidence_pb2.Evidence) -> str:
    name = evidence_pb2.AbstentionReason.Name(piece.abstention.reason)
    return name.removeprefix("ABSTENTION_REASON_")


def _seconds(analysis: resources_pb2.Analysis, recalled: set[str]) -> dict[str, float]:
    """The tests of each detector that looked at the file, added up; "total" from the request to the answer."""
    took = {piece.cue: piece.compute_time.ToMicroseconds() / 1e6 for piece in analysis.evidence}
    parts = {
        each.detector: _coarse(sum(took.get(cue, 0.0) for cue in each.cues))
        for each in asked_about(analysis.info.kind)
        if each.detector not in recalled
    }
    total_s = (analysis.complete_time.ToMicroseconds() - analysis.create_time.ToMicroseconds()) / 1e6
    return {**parts, "total": _coarse(total_s)}


def _coarse(value: float) -> float:
    """To three digits: the exact length of a file would be as good as a name of it."""
    return float(f"{value:.{_DIGITS}g}")
