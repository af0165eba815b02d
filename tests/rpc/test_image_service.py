from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator

import grpc
import grpc_testing
import numpy as np

from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.service import Detector, Event, image_service
from image_svc.video import VideoCues, VideoDetector
from kit.convert.evidence import abstention
from kit.errors import UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.rpc.guard import guard
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.clock import FakeClock
from tests.support.image import FixedSession, a_model
from tests.support.moving import FakeVideoReader, TimedFinder, still
from tests.support.serving import desk_of

DESCRIPTOR = image_service_pb2.DESCRIPTOR.services_by_name["ImageService"]
PHOTO = b"bytes of a photo"


class FakeDetector:
    """Remembers what it was given; fails on request, after the faces."""

    basis = "b" * 64

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.given = b""
        self.depth = media_pb2.DEPTH_UNSPECIFIED

    def analyze(
        self, media: MediaFile, info: media_pb2.MediaInfo, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Iterator[Event]:
        self.given, self.depth = media.read(), depth
        if info.kind == media_pb2.MEDIA_KIND_VIDEO:
            yield media_pb2.Progress(done_share=0.5)
        yield image_service_pb2.FaceTracks(model=evidence_pb2.ModelReference(name="finder"))
        if self.fails:
            raise UndecodableMedia("no picture could be read; send another file")
        yield abstention("frequency", evidence_pb2.ABSTENTION_REASON_NO_FACE, {})


def requests(
    data: bytes,
    *,
    announced: bytes | None = None,
    kind: media_pb2.MediaKind.ValueType = media_pb2.MEDIA_KIND_IMAGE,
    depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_UNSPECIFIED,
) -> list[image_service_pb2.AnalyzeImageRequest]:
    told = data if announced is None else announced
    info = media_pb2.MediaInfo(
        kind=kind,
        mime_type="image/jpeg",
        size_bytes=len(told),
        sha256=hashlib.sha256(told).hexdigest(),
    )
    header = image_service_pb2.AnalyzeImageRequest(header=media_pb2.MediaHeader(media=info, depth=depth))
    halves = (data[: len(data) // 2], data[len(data) // 2 :])
    return [header, *(image_service_pb2.AnalyzeImageRequest(chunk=half) for half in halves)]


def analyze(
    detector: Detector, sent: list[image_service_pb2.AnalyzeImageRequest], *, max_bytes: int = 1000, answers: int = 2
) -> tuple[list[image_service_pb2.AnalyzeImageResponse], grpc.StatusCode, str]:
    """Calls AnalyzeImage through the guard; answers what was streamed, the status and its sentence."""
    call = begun(detector, sent, max_bytes)
    _, code, details = call.termination()
    # The test server blocks when asked for more answers than there are.
    taken = [call.take_response() for _ in range(answers)] if code == grpc.StatusCode.OK else []
    return taken, code, details


def begun(
    detector: Detector, sent: list[image_service_pb2.AnalyzeImageRequest], max_bytes: int = 1000
) -> grpc_testing.StreamStreamServerRpc:
    """A call of AnalyzeImage with all its requests sent."""
    servicer = guard(image_service(desk_of(detector), max_bytes).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    call = server.invoke_stream_stream(DESCRIPTOR.methods_by_name["AnalyzeImage"], {}, timeout=None)
    for request in sent:
        call.send_request(request)
    call.requests_closed()
    return call


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


class VideosOnly:
    """The detector for videos over faked frames, faces and networks."""

    basis = "b" * 64

    def __init__(self, reader: FakeVideoReader) -> None:
        # One batch of the network holds four faces: as many as there are in this video.
        face = FaceSpatialCue(FixedSession({"logit": np.full(4, 1.5, np.float32)}), a_model("face_spatial"))
        self._detector = VideoDetector(reader, TimedFinder(still), VideoCues(face, [], []), FakeClock())

    def analyze(
        self, media: MediaFile, info: media_pb2.MediaInfo, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Iterator[Event]:
        return self._detector.analyze(media, depth, cancel)


def test_depth_reaches_the_detector() -> None:
    detector = FakeDetector()
    analyze(detector, requests(PHOTO, depth=media_pb2.DEPTH_QUICK))
    assert detector.depth == media_pb2.DEPTH_QUICK


def test_a_video_is_answered_with_progress_too() -> None:
    (progress, tracks, evidence), _, _ = analyze(
        FakeDetector(), requests(PHOTO, kind=media_pb2.MEDIA_KIND_VIDEO), answers=3
    )
    assert progress.progress.done_share == 0.5
    assert tracks.HasField("tracks")
    assert evidence.HasField("evidence")


def test_a_video_s_faces_come_before_its_evidence() -> None:
    sent = requests(b"a video", kind=media_pb2.MEDIA_KIND_VIDEO, depth=media_pb2.DEPTH_STANDARD)
    call = begun(VideosOnly(FakeVideoReader(1.28)), sent)
    events: list[image_service_pb2.AnalyzeImageResponse] = []
    while not events or not events[-1].HasField("evidence"):
        events.append(call.take_response())
    kinds = [event.WhichOneof("event") for event in events]
    assert kinds[-2:] == ["tracks", "evidence"]
    assert set(kinds[:-2]) == {"progress"}
    assert events[-1].evidence.finding.log_likelihood_ratio == 1.5
    assert call.termination()[1] == grpc.StatusCode.OK


class Waiting(FakeDetector):
    """Works until it is cancelled."""

    def __init__(self) -> None:
        super().__init__()
        self.stopped = threading.Event()

    def analyze(
        self, media: MediaFile, info: media_pb2.MediaInfo, depth: media_pb2.Depth.ValueType, cancel: CancelToken
    ) -> Iterator[Event]:
        cancel.on_cancel(self.stopped.set)
        yield media_pb2.Progress(done_share=0)
        self.stopped.wait(10)


def test_a_caller_who_goes_away_stops_the_work() -> None:
    detector = Waiting()
    call = begun(detector, requests(b"a video", kind=media_pb2.MEDIA_KIND_VIDEO))
    call.take_response()
    call.cancel()
    assert detector.stopped.wait(5)
