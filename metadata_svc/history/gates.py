"""What the tests of coefficients ask of a picture before they have an opinion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from metadata_svc.history.pixels import Pixels
from metadata_svc.history.reading import LEAST_DETAIL, HistoryReading
from telltale.common.v1 import evidence_pb2


@dataclass(frozen=True)
class Refusal:
    """Why a test has no opinion, with values for the sentence."""

    reason: evidence_pb2.AbstentionReason.ValueType
    parameters: Mapping[str, str]


UNREADABLE: Final = Refusal(
    evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, {"wanted": "coefficients that its own tables made"}
)


def admit(mime_type: str, pixels: Pixels, least_px: int, least_quality: int) -> HistoryReading | Refusal:
    """What was measured, or a refusal: no JPEG, not readable, too small, too compressed, or without detail."""
    if mime_type != "image/jpeg":
        return Refusal(evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, {"mime_type": mime_type})
    if pixels.luma is None:
        return UNREADABLE
    height_px, width_px = pixels.luma.plane.shape
    if min(height_px, width_px) < least_px:
        sizes = {"width_px": str(width_px), "height_px": str(height_px), "needed_px": str(least_px)}
        return Refusal(evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL, sizes)
    if pixels.quality < least_quality:
        qualities = {"quality": str(pixels.quality), "needed_quality": str(least_quality)}
        return Refusal(evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, qualities)
    if pixels.history is None:
        return UNREADABLE
    if pixels.history.detail < LEAST_DETAIL:
        return Refusal(evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE, {"missing": "fine detail"})
    return pixels.history
