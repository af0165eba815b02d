from __future__ import annotations

import hashlib
from collections.abc import Iterator

import grpc
import grpc_testing

from image_svc.service import image_service
from kit.convert.evidence import abstention
from kit.errors import UndecodableMedia
from kit.media.file import MediaFile
from kit.rpc.guard import guard
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2

DESCRIPTOR = image_service_pb2.DESCRIPTOR.services_by_name["ImageService"]
PHOTO = b"bytes of a photo"


class FakeDetector:
    """Remembers the bytes it was given; fails on request, after the faces."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.given = b""

    def analyze(self, media: MediaFile) -> Iterator[image_service_pb2.FaceTracks | evidence_pb2.Evidence]:
        self.given = media.read()
        yield image_service_pb2.FaceTracks(model=evidence_pb2.ModelReference(name="finder"))
        if self.fails:
            raise UndecodableMedia("no picture could be read; send another file")
        yield abstention("frequency", evidence_pb2.ABSTENTION_REASON_NO_FACE, {})


def requests(data: bytes, *, announced: bytes | None = None) -> list[image_service_pb2.AnalyzeImageRequest]:
    told = data if announced is None else announced
    info = media_pb2.MediaInfo(
        kind=media_pb2.MEDIA_KIND_IMAGE,
        mime_type="image/jpeg",
        size_bytes=len(told),
        sha256=hashlib.sha256(told).hexdigest(),
    )
    header = image_service_pb2.AnalyzeImageRequest(header=media_pb2.MediaHeader(media=info))
    halves = (data[: len(data) // 2], data[len(data) // 2 :])
    return [header, *(image_service_pb2.AnalyzeImageRequest(chunk=half) for half in halves)]


def analyze(
    detector: FakeDetector, sent: list[image_service_pb2.AnalyzeImageRequest], *, max_bytes: int = 1000
) -> tuple[list[image_service_pb2.AnalyzeImageResponse], grpc.StatusCode, str]:
    """Calls AnalyzeImage through the guard; answers what was streamed, the status and its sentence."""
    servicer = guard(image_service(detector, max_bytes).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    call = server.invoke_stream_stream(DESCRIPTOR.methods_by_name["AnalyzeImage"], {}, timeout=None)
    for request in sent:
        call.send_request(request)
    call.requests_closed()
    _, code, details = call.termination()
    # The test server blocks when asked for more answers than there are.
    answers = [call.take_response() for _ in range(2)] if code == grpc.StatusCode.OK else []
    return answers, code, details


def test_an_upload_is_answered_by_faces_and_then_evidence() -> None:
    detector = FakeDetector()
    (tracks, evidence), code, _ = analyze(detector, requests(PHOTO))
    assert code == grpc.StatusCode.OK
    assert tracks.tracks.model.name == "finder"
    assert evidence.evidence.cue == "frequency"
    assert detector.given == PHOTO


def test_bytes_that_are_not_those_announced_never_reach_the_detector() -> None:
    detector = FakeDetector()
    _, code, details = analyze(detector, requests(PHOTO, announced=PHOTO[::-1]))
    assert (code, detector.given) == (grpc.StatusCode.DATA_LOSS, b"")
    assert "SHA-256" in details


def test_an_upload_above_the_limit_is_refused() -> None:
    _, code, _ = analyze(FakeDetector(), requests(PHOTO), max_bytes=4)
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_an_upload_without_a_header_is_refused() -> None:
    _, code, details = analyze(FakeDetector(), requests(PHOTO)[1:])
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "header" in details


def test_a_picture_that_cannot_be_decoded_is_the_caller_s_fault() -> None:
    _, code, details = analyze(FakeDetector(fails=True), requests(PHOTO))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details == "no picture could be read; send another file"
