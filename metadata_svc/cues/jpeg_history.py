"""Was the picture a JPEG before this one was written, although the file says that it comes straight from a camera?

Histograms of coefficients keep the steps of an earlier compression, on the same grid of blocks or, after cropping, on another
(metadata_svc/history). A picture that was saved twice is not manipulated: it is an opinion only where the file names a camera,
which writes once, and even then a small one, because phones and messengers save again for honest reasons. The limit is set by
people and stands in the parameters of the model `jpeg_history`.
"""

from __future__ import annotations

from kit.convert.evidence import abstention, finding
from metadata_svc.facts import Facts
from metadata_svc.history.gates import Refusal, admit
from metadata_svc.history.model import HistoryModel
from metadata_svc.history.pixels import Pixels
from metadata_svc.history.reading import HistoryReading
from telltale.common.v1 import evidence_pb2
from telltale.metadata.v1 import facts_pb2

CUE = "jpeg_history"
SAVED_BEFORE = "jpeg_saved_before"
CROPPED_AFTER_SAVING = "jpeg_cropped_after_saving"


def read(pixels: Pixels, model: HistoryModel) -> facts_pb2.JpegHistory | None:
    """What is known of earlier compressions; None where that cannot be measured, or was not calibrated."""
    admitted = _admitted("image/jpeg", pixels, model)
    return None if isinstance(admitted, Refusal) else model.judged(admitted)


def examine(facts: Facts, pixels: Pixels, model: HistoryModel) -> evidence_pb2.Evidence:
    """Evidence from earlier compressions."""
    admitted = _admitted(facts.mime_type, pixels, model)
    if isinstance(admitted, Refusal):
        return abstention(CUE, admitted.reason, admitted.parameters, model=model.reference)
    history = model.judged(admitted)
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


def _admitted(mime_type: str, pixels: Pixels, model: HistoryModel) -> HistoryReading | Refusal:
    return admit(mime_type, pixels, model.parameters.least_px, model.parameters.least_quality)


def _code(history: facts_pb2.JpegHistory, model: HistoryModel) -> str | None:
    if model.is_shifted(history):
        return CROPPED_AFTER_SAVING
    return SAVED_BEFORE if model.is_aligned(history) else None
