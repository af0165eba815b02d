"""What all calls to services have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
import protovalidate
from google.protobuf.message import Message
from structlog.contextvars import get_contextvars

from kit.errors import DetectorUnavailable
from kit.rpc.metering import asking
from kit.rpc.status import from_rpc_error
from kit.telemetry import tracing
from telltale.av_sync.v1 import sound_pb2
from telltale.common.v1 import evidence_pb2

REQUEST_ID = "x-request-id"


@contextmanager
def calling(method: str, target: str) -> Iterator[tuple[tuple[str, str], ...]]:
    """Surrounds a call to a service, e.g. "telltale.image.v1.ImageService/AnalyzeImage": it is measured and traced.

    Gives the metadata to send along, by which the logs and traces of all services tell of the same request. Raises TelltaleError.
    """
    request_id = get_contextvars().get("request_id", "")
    named = ((REQUEST_ID, request_id),) if request_id else ()
    with tracing.calling(method, target.rpartition("@")[2]) as part:
        try:
            with asking(method):
                yield (*named, *part.headers)
        except grpc.aio.AioRpcError as error:
            part.status = error.code().name
            raise from_rpc_error(error) from error


def checked(evidence: evidence_pb2.Evidence) -> evidence_pb2.Evidence:
    """Evidence that keeps the contract, without fields of a newer one. Raises DetectorUnavailable.

    One bad answer would make fusion refuse the good ones along with it.
    """
    _check(evidence, f"evidence of {evidence.cue!r}")
    shape = evidence.finding.map
    if len(shape.values) != shape.width * shape.height:
        raise DetectorUnavailable(f"the map of {evidence.cue!r} has {len(shape.values)} values, not width times height")
    return evidence


def checked_soundtrack(soundtrack: sound_pb2.Soundtrack) -> sound_pb2.Soundtrack:
    """What there is to hear, likewise. Raises DetectorUnavailable."""
    _check(soundtrack, "the soundtrack")
    shape = soundtrack.log_mel
    if len(shape.values) != shape.columns * shape.bands:
        raise DetectorUnavailable(f"the log-mel map has {len(shape.values)} values, not columns times bands")
    return soundtrack


def checked_curve(curve: sound_pb2.LipSyncCurve) -> sound_pb2.LipSyncCurve:
    """How lips lie against the sound, likewise. Raises DetectorUnavailable."""
    _check(curve, f"the lip curve of track {curve.track_id}")
    return curve


def _check(message: Message, what: str) -> None:
    message.DiscardUnknownFields()
    try:
        protovalidate.validate(message)
    except protovalidate.ValidationError as error:
        raise DetectorUnavailable(f"{what} breaks the contract: {error}") from error
