"""Which second piece of advice fits: it follows what decided, or what was missing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fusion_svc.abstentions import failed
from fusion_svc.fuse import Balance
from fusion_svc.outcome import DECLARED, LEANING_FOR, outcome
from fusion_svc.policy import Decision
from fusion_svc.shares import is_told
from telltale.common.v1 import evidence_pb2
from telltale.fusion.v1 import verdict_pb2

# Outcomes that something speaks for: advice follows what that is.
_ACCUSING = frozenset({"manipulated", "suspicious", "inconclusive_conflict", DECLARED, LEANING_FOR})
# By reason code, where the same test can notice different things.
_BY_CODE: Mapping[str, str] = {
    "exif_thumbnail_content": "copies",
    "provenance_broken": "seal",
    "provenance_declares_composite": "credential",
    "provenance_declares_synthetic": "credential",
}
# By the test that decided for manipulation.
_BY_CUE: Mapping[str, str] = {
    "av_coherence": "seams",
    "blending_flicker": "face",
    "container_structure": "resaved",
    "exif_anomaly": "resaved",
    "exif_consistency": "resaved",
    "face_drift": "face",
    "face_motion": "face",
    "face_spatial": "face",
    "flow_consistency": "face",
    "frequency": "copies",
    "jpeg_history": "resaved",
    "jpeg_structure": "resaved",
    "lip_sync": "lips",
    "noise_residual": "copies",
    "region_consistency": "copies",
    "software_traces": "mark",
    "voice_spoof": "voice",
    "whole_picture": "copies",
}
# By what was missing, most telling first.
_BY_ABSTENTION: Mapping[evidence_pb2.AbstentionReason.ValueType, str] = {
    evidence_pb2.ABSTENTION_REASON_FACE_TOO_SMALL: "larger",
    evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL: "larger",
    evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED: "larger",
    evidence_pb2.ABSTENTION_REASON_NO_SPEECH: "longer",
    evidence_pb2.ABSTENTION_REASON_NO_FACE: "copies",
}


# By what the media have too little of.
_BY_SHORTFALL: Mapping[str, str] = {"bits_per_pixel": "larger", "seconds": "longer", "side_px": "larger"}
# Advice on pictures that reads differently where there are many of them.
_ON_FRAMES: Mapping[str, str] = {"copies": "copies_of_frames", "face": "face_in_frames"}


def second_advice(
    decision: Decision,
    media: str,
    balance: Balance,
    evidence: Iterable[evidence_pb2.Evidence],
    abstentions: Iterable[verdict_pb2.CueAbstention],
) -> str | None:
    """Name of the advice that fits this case of an outcome; None where only the advice of the outcome does."""
    name, missing = outcome(decision, balance.log_odds), [entry.abstention for entry in abstentions]
    if decision.outside:
        return _BY_SHORTFALL.get(decision.outside[0].quantity)
    if name in _ACCUSING:
        return _on(media, _on_what_decided(balance, {entry.cue: entry.finding for entry in evidence}))
    if any(map(failed, missing)):
        return "again"
    return _on(media, _on_what_was_missing(missing)) if name == "inconclusive_thin" else None


def _on(media: str, advice: str | None) -> str | None:
    return _ON_FRAMES.get(advice, advice) if advice and media == "video" else advice


def _on_what_was_missing(missing: Iterable[evidence_pb2.Abstention]) -> str | None:
    reasons = {entry.reason for entry in missing}
    return next((name for reason, name in _BY_ABSTENTION.items() if reason in reasons), None)


def _on_what_decided(balance: Balance, findings: Mapping[str, evidence_pb2.Finding]) -> str | None:
    """By the strongest signal that speaks for manipulation."""
    accuser = next((entry for entry in balance.contributions if entry.log_odds > 0 and is_told(entry)), None)
    if accuser is None:
        return None
    return _BY_CODE.get(findings[accuser.cue].reason.code) or _BY_CUE.get(accuser.cue)
