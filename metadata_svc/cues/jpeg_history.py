"""Was the picture a JPEG before this one was written, although the file says that it comes straight from a camera?

Histograms of coefficients keep the steps of an earlier compression, on the same grid of blocks or, after cropping, on another
(metadata_svc/history). A picture that was saved twice is not manipulated: it is an opinion only where the file names a camera,
which writes once, and even then a small one, because phones and messengers save again for honest reasons. The limit is set by
people and stands in the parameters of the model `jpeg_history`.
"""

from __future__ import annotations

from kit.convert.evidence import abstention, finding
from metadata_svc.facts import Facts
from metadata_svc.history.model import HistoryModel
from metadata_svc.history.pixels import Pixels
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2

CUE = "jpeg_history"
SAVED_BEFORE = "jpeg_saved_before"
CROPPED_AFTER_SAVING = "jpeg_cropped_after_saving"


def read(pixels: Pixels, model: HistoryModel) -> facts_pb2.JpegHistory | None:
    """What is known of earlier compressions; None where that cannot be measured."""
    return model.judged(pixels.history) if pixels.history is not None else None


def examine(facts: Facts, pixels: Pixels, model: HistoryModel) -> evidence_pb2.Evidence:
    """Evidence from earlier compressions."""
    history = read(pixels, model)
    refusal = refused(facts.mime_type, pixels, model.parameters.least_px, model.parameters.least_quality)
    if refusal is not None or history is None:
        reason, parameters = refusal or unreadable()
        return abstention(CUE, reason, parameters, model=model.reference)
    code = _code(history, model)
    parameters = {
        "camera": facts.camera or "unknown",
        "first_quality": str(history.first_quality),
        "quality": str(pixels.quality),
        "offset_x_px": str(history.grid_offset_x_px),
        "offset_y_px": str(history.grid_offset_y_px),
        "history": code or "none found",
    }
    if code is None or not facts.camera:
        return abstention(CUE, evidence_pb2.ABSTENTION_REASON_UNINFORMATIVE, parameters, model=model.reference)
    strongest = max(history.aligned_log_likelihood_ratio, history.shifted_log_likelihood_ratio)
    ratio = min(strongest, model.parameters.cue_limit)
    return finding(CUE, ratio, 1.0, code, parameters, model=model.reference)


def refused(
    mime_type: str, pixels: Pixels, least_px: int, least_quality: int
) -> tuple[evidence_pb2.AbstentionReason.ValueType, dict[str, str]] | None:
    """Why a test of coefficients has nothing to say; None when it has."""
    if mime_type != "image/jpeg":
        return evidence_pb2.ABSTENTION_REASON_NOT_APPLICABLE, {"mime_type": mime_type}
    if pixels.luma is None:
        return unreadable()
    height_px, width_px = pixels.luma.plane.shape
    if min(height_px, width_px) < least_px:
        sizes = {"width_px": str(width_px), "height_px": str(height_px), "needed_px": str(least_px)}
        return evidence_pb2.ABSTENTION_REASON_PICTURE_TOO_SMALL, sizes
    if pixels.quality < least_quality:
        qualities = {"quality": str(pixels.quality), "needed_quality": str(least_quality)}
        return evidence_pb2.ABSTENTION_REASON_TOO_COMPRESSED, qualities
    return None


def unreadable() -> tuple[evidence_pb2.AbstentionReason.ValueType, dict[str, str]]:
    """The refusal of a file without coefficients that can be read."""
    return evidence_pb2.ABSTENTION_REASON_NOTHING_TO_READ, {"wanted": "readable JPEG coefficients"}


def _code(history: facts_pb2.JpegHistory, model: HistoryModel) -> str | None:
    if model.is_shifted(history):
        return CROPPED_AFTER_SAVING
    return SAVED_BEFORE if model.is_aligned(history) else None
