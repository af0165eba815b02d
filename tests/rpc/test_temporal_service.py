from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator, Sequence

import grpc
import grpc_testing
import pytest

from kit.convert.evidence import abstention
from kit.convert.times import seconds
from kit.errors import UndecodableMedia
from kit.media import video
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.rpc.guard import guard
from kit.vision.faces import Face
from kit.vision.watch import Eyes, SandboxVideoReader
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from telltale.temporal.v1 import temporal_service_pb2
from temporal_svc.detector import TemporalDetector
from temporal_svc.footage import SandboxClipReader
from temporal_svc.service import Detector, Event, temporal_service
from tests.support.clock import FakeClock
from tests.support.image import FixedFinder, a_face
from tests.support.serving import desk_of
from tests.support.temporal import FixedCue, a_path, tracks
from tests.support.video_factory import Recipe, steady
from tests.support.video_factory import video as made_video

DESCRIPTOR = temporal_service_pb2.DESCRIPTOR.services_by_name["TemporalService"]
Request = temporal_service_pb2.AnalyzeVideoRequest
VIDEO = b"bytes of a video"


class FakeDetector:
    """Remembers what it was given; on request it fails, or waits to be stopped, after the first progress."""

    basis = "b" * 64

    def __init__(self, *, fails: bool = False, waits: bool = False) -> None:
        self.fails = fails
        self.waits = waits
        self.stopped = threading.Event()
        self.given = b""
        self.depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_UNSPECIFIED
        self.tracks: image_service_pb2.FaceTracks | None = None

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        tracks: image_service_pb2.FaceTracks | None,
        cancel: CancelToken,
    ) -> Iterator[Event]:
        self.given, self.depth, self.tracks = media.read(), depth, tracks
        cancel.on_cancel(self.stopped.set)
        yield media_pb2.Progress(done_share=0.5)
        if self.waits:
            self.stopped.wait(10)
            cancel.raise_if_cancelled()
        if self.fails:
            raise UndecodableMedia("no frame could be read; send another file")
        yield abstention("face_motion", evidence_pb2.ABSTENTION_REASON_NO_FACE, {})


def requests(
    data: bytes,
    *,
    told: image_service_pb2.FaceTracks | None = None,
    kind: media_pb2.MediaKind.ValueType = media_pb2.MEDIA_KIND_VIDEO,
) -> list[Request]:
    info = media_pb2.MediaInfo(
        kind=kind,
        mime_type="video/mp4",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width_px=96,
        height_px=64,
    )
    header = Request(header=media_pb2.MediaHeader(media=info, depth=media_pb2.DEPTH_THOROUGH))
    middle = [Request(tracks=told)] if told is not None else []
    return [header, *middle, *(Request(chunk=half) for half in (data[: len(data) // 2], data[len(data) // 2 :]))]


def invoke(detector: Detector, max_bytes: int = 1_000_000) -> grpc_testing.StreamStreamServerRpc:
    """An open call of AnalyzeVideo, through the guard."""
    servicer = guard(temporal_service(desk_of(detector), max_bytes).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    return server.invoke_stream_stream(DESCRIPTOR.methods_by_name["AnalyzeVideo"], {}, timeout=None)


def analyze(
    detector: Detector, sent: Sequence[Request], *, answers: int = 2, max_bytes: int = 1_000_000
) -> tuple[list[temporal_service_pb2.AnalyzeVideoResponse], grpc.StatusCode, str]:
    """What was streamed (`answers` of it), the status and its sentence."""
    call = invoke(detector, max_bytes)
    for request in sent:
        call.send_request(request)
    call.requests_closed()
    _, code, details = call.termination()
    # The test server blocks when asked for more answers than there are.
    return [call.take_response() for _ in range(answers)] if code == grpc.StatusCode.OK else [], code, details


def test_an_upload_is_answered_by_progress_and_evidence() -> None:
    detector = FakeDetector()
    (progress, evidence), code, _ = analyze(detector, requests(VIDEO))
    assert code == grpc.StatusCode.OK
    assert progress.progress.done_share == 0.5
    assert evidence.evidence.cue == "face_motion"
    assert detector.given == VIDEO


def test_depth_and_faces_reach_the_detector() -> None:
    detector, told = FakeDetector(), tracks(a_path(), 640, 360, examined_s=5)
    analyze(detector, requests(VIDEO, told=told))
    assert detector.depth == media_pb2.DEPTH_THOROUGH
    assert detector.tracks == told


def test_without_faces_the_detector_is_told_so() -> None:
    detector = FakeDetector()
    analyze(detector, requests(VIDEO))
    assert detector.tracks is None


def test_a_caller_who_goes_away_stops_the_work() -> None:
    detector = FakeDetector(waits=True)
    call = invoke(detector)
    for request in requests(VIDEO):
        call.send_request(request)
    call.requests_closed()
    call.take_response()
    assert not detector.stopped.is_set()
    call.cancel()
    assert detector.stopped.wait(5)


def test_an_upload_above_the_limit_is_refused() -> None:
    _, code, _ = analyze(FakeDetector(), requests(VIDEO), max_bytes=4)
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_a_video_that_cannot_be_decoded_is_the_caller_s_fault() -> None:
    _, code, details = analyze(FakeDetector(fails=True), requests(VIDEO))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details == "no frame could be read; send another file"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(max_children=1), video.PRELOAD) as started:
        yield started


def real(sandbox: Sandbox, cue: FixedCue, faces: list[Face]) -> TemporalDetector:
    """The real detector, which finds the same faces in every frame."""
    limits = MediaLimits()
    eyes = Eyes(SandboxVideoReader(sandbox, limits), FixedFinder(faces))
    return TemporalDetector(eyes, SandboxClipReader(sandbox, limits), [cue], [cue.model], FakeClock())


THREE_SECONDS = Recipe(steady(75, 25))


def test_a_real_video_with_known_faces_gets_a_timeline(sandbox: Sandbox) -> None:
    cue, told = FixedCue(min_face_px=10), tracks(a_path(0, 3, side_px=160), 640, 360, examined_s=3)
    answers, code, _ = analyze(real(sandbox, cue, []), requests(made_video(THREE_SECONDS), told=told), answers=3)
    assert code == grpc.StatusCode.OK
    spans = answers[-1].evidence.finding.spans
    assert [(round(seconds(span.start), 2), round(seconds(span.end), 2)) for span in spans] == [
        (0, 1.28),
        (0.64, 1.92),
        (1.28, 2.56),
    ]
    assert {clip.pixels.shape for clip in cue.shown} == {(16, 128, 128, 3)}


def test_a_real_video_whose_faces_nobody_told_gets_the_same_timeline(sandbox: Sandbox) -> None:
    cue = FixedCue(min_face_px=10)
    face = a_face(left=28, top=12, side=40)
    answers, code, _ = analyze(real(sandbox, cue, [face]), requests(made_video(THREE_SECONDS)), answers=4)
    assert code == grpc.StatusCode.OK
    assert [answer.progress.done_share for answer in answers[:3]] == pytest.approx([0, 0.21, 0.93], abs=0.3)
    assert [round(clip.start_s, 2) for clip in cue.shown] == [0, 0.64, 1.28]


def test_a_photo_is_none_of_its_business(sandbox: Sandbox) -> None:
    sent = requests(VIDEO, kind=media_pb2.MEDIA_KIND_IMAGE)
    _, code, details = analyze(real(sandbox, FixedCue(), []), sent)
    assert code == grpc.StatusCode.UNIMPLEMENTED
    assert "Send a video" in details
