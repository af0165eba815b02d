from __future__ import annotations

from collections.abc import Sequence

import grpc
import grpc_testing

from kit.errors import DecoderStopped
from kit.media.file import MediaFile
from kit.rpc.guard import guard
from kit.rpc.uploads import outgoing
from metadata_svc.detector import Examination
from metadata_svc.service import Examiner, metadata_service
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.metadata.v1 import facts_pb2, metadata_service_pb2
from tests.support.histories import again, saved, scenery
from tests.support.metadata_files import InProcessRunner, info_of
from tests.support.metadata_files import detector as real_detector
from tests.support.serving import desk_of

DESCRIPTOR = metadata_service_pb2.DESCRIPTOR.services_by_name["MetadataService"]
METHOD = DESCRIPTOR.methods_by_name["AnalyzeMetadata"]
Request = metadata_service_pb2.AnalyzeMetadataRequest


class FakeDetector:
    """Answers one canned examination, or raises, and remembers the bytes."""

    basis = "b" * 64

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error
        self.seen = b""

    def examine(self, media: MediaFile, info: media_pb2.MediaInfo, timeout_s: float | None = None) -> Examination:
        self.seen = media.read()
        if self._error:
            raise self._error
        tag = facts_pb2.MetadataTag(group="EXIF", name="Model", value=info.mime_type)
        return Examination([evidence_pb2.Evidence(cue="provenance")], facts_pb2.MetadataFacts(tags=[tag]))


def call(
    detector: Examiner, requests: Sequence[Request], max_bytes: int = 1000
) -> tuple[metadata_service_pb2.AnalyzeMetadataResponse | None, grpc.StatusCode]:
    servicer = guard(metadata_service(desk_of(detector), max_bytes).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    stream = server.invoke_stream_unary(METHOD, {}, None)
    for request in requests:
        stream.send_request(request)
    stream.requests_closed()
    response, _, code, _ = stream.termination()
    return response, code


def upload(data: bytes) -> list[Request]:
    with MediaFile.from_bytes(data) as media:
        return list(outgoing(Request, info_of(media), media.chunks(4)))


def test_the_whole_file_reaches_the_detector_and_its_answer_comes_back() -> None:
    detector = FakeDetector()
    response, code = call(detector, upload(b"0123456789"))
    assert (code, detector.seen) == (grpc.StatusCode.OK, b"0123456789")
    assert response is not None
    assert response.facts.tags[0].value == "image/jpeg"
    assert [entry.cue for entry in response.evidence] == ["provenance"]


def test_bytes_that_are_not_those_announced_are_refused() -> None:
    requests = upload(b"0123456789")[:-1]
    assert call(FakeDetector(), requests) == (None, grpc.StatusCode.DATA_LOSS)


def test_a_file_above_the_limit_is_refused() -> None:
    assert call(FakeDetector(), upload(b"0123456789"), max_bytes=5) == (None, grpc.StatusCode.INVALID_ARGUMENT)


def test_an_upload_without_header_is_refused() -> None:
    assert call(FakeDetector(), [Request(chunk=b"abc")]) == (None, grpc.StatusCode.INVALID_ARGUMENT)


def test_a_file_that_kills_its_reader_is_the_callers_error() -> None:
    stopped = FakeDetector(DecoderStopped("took too long"))
    assert call(stopped, upload(b"0123456789")) == (None, grpc.StatusCode.INVALID_ARGUMENT)


def test_the_history_of_a_picture_reaches_the_caller() -> None:
    with MediaFile.from_bytes(again(saved(scenery(), 60), 90, (3, 5))) as media:
        requests = list(outgoing(Request, info_of(media), media.chunks(1 << 16)))
    response, code = call(real_detector(InProcessRunner()), requests, max_bytes=1 << 20)
    assert (code, response is not None) == (grpc.StatusCode.OK, True)
    history = response.facts.jpeg_history
    assert (history.grid_offset_x_px, history.grid_offset_y_px) == (5, 3)
    assert {"jpeg_history", "region_consistency"} <= {entry.cue for entry in response.evidence}
