"""What all calls to services have in common."""

from __future__ import annotations

import protovalidate
from structlog.contextvars import get_contextvars

from kit.errors import DetectorUnavailable
from telltale.common.v1 import evidence_pb2

REQUEST_ID = "x-request-id"


def trace() -> tuple[tuple[str, str], ...]:
    """Headers that let the logs of all services tell of the same request."""
    request_id = get_contextvars().get("request_id", "")
    return ((REQUEST_ID, request_id),) if request_id else ()


def checked(evidence: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
    """Evidence that keeps the contract, without fields of a newer one. Raises DetectorUnavailable.

    One bad answer would make fusion refuse the good ones along with it.
    """
    evidence.DiscardUnknownFields()
    try:
        protovalidate.validate(evidence)
    except protovalidate.ValidationError as error:
        raise DetectorUnavailable(f"evidence of {evidence.cue!r} breaks the contract: {error}") from error
    shape = evidence.finding.map
    if len(shape.values) != shape.width * shape.height:
        raise DetectorUnavailable(f"the map of {evidence.cue!r} has {len(shape.values)} values, not width times height")
    return evidence
