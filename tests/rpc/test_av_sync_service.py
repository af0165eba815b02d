from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Sequence

import grpc
import grpc_testing
import numpy as np
import pytest

from av_sync_svc.build import PRELOAD
from av_sync_svc.detector import AvSyncDetector, Cues, Ears
from av_sync_svc.hearing import SandboxSoundReader
from av_sync_svc.service import Detector, Event, av_sync_service
from kit.convert.evidence import abstention
from kit.convert.times import seconds
from kit.errors import UndecodableMedia
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.limits import MediaLimits
from kit.media.sandbox import Sandbox, SandboxSettings
from kit.rpc.guard import guard
from kit.vision.watch import Eyes, SandboxVideoReader
from telltale.av_sync.v1 import av_sync_service_pb2, sound_pb2
from telltale.common.v1 import evidence_pb2, faces_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.av_sync import FixedCoherenceCue, FixedLipCue, StillFaces, TalkingAllTheTime, a_voice_cue
from tests.support.clock import FakeClock
from tests.support.image import FixedFinder, a_face
from tests.support.serving import desk_of
from tests.support.sound_factory import recording
from tests.support.temporal import a_path, tracks
from tests.support.video_factory import Recipe, steady, video

DESCRIPTOR = av_sync_service_pb2.DESCRIPTOR.services_by_name["AvSyncService"]
Request = av_sync_service_pb2.AnalyzeSoundRequest
Answer = av_sync_service_pb2.AnalyzeSoundResponse
SOUND = b"bytes of a video with sound"
FACES = image_service_pb2.FaceTracks(model=evidence_pb2.ModelReference(name="face_finder", version="1.0.0"))
LATE = Request(tracks=FACES)
AUDIO, VIDEO = media_pb2.MEDIA_KIND_AUDIO, media_pb2.MEDIA_KIND_VIDEO


class FakeDetector:
    """Remembers what it was given; on request it fails, or waits to be stopped, before it asks for the faces."""

    basis = "b" * 64

    def __init__(self, *, fails: bool = False, waits: bool = False) -> None:
        self.fails = fails
        self.waits = waits
        self.stopped = threading.Event()
        self.left = threading.Event()
        self.given = b""
        self.depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_UNSPECIFIED
        self.tracks: image_service_pb2.FaceTracks | None = None

    def analyze(
        self,
        media: MediaFile,
        info: media_pb2.MediaInfo,
        depth: media_pb2.Depth.ValueType,
        late_tracks: Callable[[], image_service_pb2.FaceTracks | None],
        cancel: CancelToken,
    ) -> Iterator[Event]:
        self.given, self.depth = media.read(), depth
        cancel.on_cancel(self.stopped.set)
        yield media_pb2.Progress(done_share=0.5)
        if self.waits:
            self.stopped.wait(10)
            cancel.raise_if_cancelled()
        if self.fails:
            raise UndecodableMedia("no sound could be read; send another file")
        yield sound_pb2.Soundtrack(codec="aac")
        try:
            self.tracks = late_tracks()
        finally:
            self.left.set()
        yield sound_pb2.LipSyncCurve(track_id=3)
        yield abstention("lip_sync", evidence_pb2.ABSTENTION_REASON_NO_FACE, {})


def upload(data: bytes, kind: media_pb2.MediaKind.ValueType = VIDEO) -> list[Request]:
    """Header and two chunks."""
    info = media_pb2.MediaInfo(
        kind=kind,
        mime_type="video/mp4" if kind == VIDEO else "audio/wav",
        size_bytes=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        width_px=96,
        height_px=64,
    )
    header = Request(header=media_pb2.MediaHeader(media=info, depth=media_pb2.DEPTH_THOROUGH))
    half = len(data) // 2
    return [header, Request(chunk=data[:half]), Request(chunk=data[half:])]


def invoke(detector: Detector, sent: Sequence[Request], max_bytes: int) -> grpc_testing.StreamStreamServerRpc:
    """An open call of AnalyzeSound, through the guard, to which some requests were sent."""
    servicer = guard(av_sync_service(desk_of(detector), max_bytes).servicer, DESCRIPTOR)
    server = grpc_testing.server_from_dictionary({DESCRIPTOR: servicer}, grpc_testing.strict_real_time())
    call = server.invoke_stream_stream(DESCRIPTOR.methods_by_name["AnalyzeSound"], {}, timeout=None)
    for request in sent:
        call.send_request(request)
    return call


def ended(call: grpc_testing.StreamStreamServerRpc) -> tuple[list[Answer], grpc.StatusCode, str]:
    """What was streamed in a call that ends now, the status and its sentence."""
    call.requests_closed()
    _, code, details = call.termination()
    answers: list[Answer] = []
    # An ended call of the test server raises when it has no more answers.
    with pytest.raises(ValueError, match="No more"):
        answers.extend(iter(call.take_response, None))
    return answers, code, details


def analyze(
    detector: Detector, sent: Sequence[Request], *, max_bytes: int = 10_000_000
) -> tuple[list[Answer], grpc.StatusCode, str]:
    return ended(invoke(detector, sent, max_bytes))


def kinds(answers: Sequence[Answer]) -> list[str]:
    """What came, without the progress between: evidence by its cue."""
    events = [(answer.WhichOneof("event"), answer.evidence.cue) for answer in answers]
    return [cue or str(event) for event, cue in events if event != "progress"]


def test_an_upload_is_answered_by_all_kinds_of_events() -> None:
    detector = FakeDetector()
    answers, code, _ = analyze(detector, upload(SOUND))
    assert code == grpc.StatusCode.OK
    assert answers[0].progress.done_share == 0.5
    assert kinds(answers) == ["soundtrack", "lip_sync", "lip_sync"]
    assert (answers[1].soundtrack.codec, answers[2].lip_sync.track_id) == ("aac", 3)
    assert (detector.given, detector.depth) == (SOUND, media_pb2.DEPTH_THOROUGH)


def test_the_work_begins_with_the_last_byte_and_the_faces_may_come_later() -> None:
    detector = FakeDetector()
    call = invoke(detector, upload(SOUND), 1000)
    assert call.take_response().progress.done_share == 0.5
    assert call.take_response().soundtrack.codec == "aac"
    call.send_request(LATE)
    answers, code, _ = ended(call)
    assert (code, kinds(answers)) == (grpc.StatusCode.OK, ["lip_sync", "lip_sync"])
    assert detector.tracks == FACES


def test_without_faces_the_detector_is_told_so() -> None:
    detector = FakeDetector()
    analyze(detector, upload(SOUND))
    assert detector.tracks is None


HEADER, FIRST, SECOND = upload(SOUND)


@pytest.mark.parametrize(
    "sent",
    [
        [HEADER, LATE, FIRST, SECOND],
        [HEADER, FIRST, LATE, SECOND],
        [HEADER, FIRST, SECOND, LATE, LATE],
        [HEADER, FIRST, SECOND, HEADER],
        [HEADER, FIRST, SECOND, FIRST],
        [FIRST, SECOND],
    ],
    ids=["faces first", "faces between", "faces twice", "a second header", "more bytes", "no header"],
)
def test_messages_in_another_order_are_refused(sent: list[Request]) -> None:
    _, code, details = analyze(FakeDetector(), sent)
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "must be the" in details


def test_faces_that_break_the_contract_are_refused_late_as_they_are() -> None:
    broken = Request(tracks=image_service_pb2.FaceTracks(tracks=[faces_pb2.FaceTrack(track_id=1)]))
    answers, code, details = analyze(FakeDetector(), [*upload(SOUND), broken])
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert "observations" in details
    assert kinds(answers) == ["soundtrack"]


def test_a_caller_who_goes_away_stops_the_work() -> None:
    detector = FakeDetector(waits=True)
    call = invoke(detector, upload(SOUND), 1000)
    call.take_response()
    assert not detector.stopped.is_set()
    call.cancel()
    assert detector.stopped.wait(5)


def test_a_caller_who_goes_away_while_the_faces_are_awaited_stops_the_work() -> None:
    detector = FakeDetector()
    call = invoke(detector, upload(SOUND), 1000)
    call.take_response()
    call.take_response()
    assert not detector.left.is_set()
    call.cancel()
    assert detector.left.wait(5)
    assert detector.stopped.is_set()


def test_an_upload_above_the_limit_is_refused() -> None:
    _, code, _ = analyze(FakeDetector(), upload(SOUND), max_bytes=4)
    assert code == grpc.StatusCode.INVALID_ARGUMENT


def test_other_bytes_than_announced_are_refused() -> None:
    _, code, _ = analyze(FakeDetector(), [HEADER, FIRST, Request(chunk=b"x" * len(SECOND.chunk))])
    assert code == grpc.StatusCode.DATA_LOSS


def test_sound_that_cannot_be_decoded_is_the_caller_s_fault() -> None:
    _, code, details = analyze(FakeDetector(fails=True), upload(SOUND))
    assert code == grpc.StatusCode.INVALID_ARGUMENT
    assert details == "no sound could be read; send another file"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox.start(SandboxSettings(max_children=1), PRELOAD) as started:
        yield started


def real(sandbox: Sandbox) -> AvSyncDetector:
    """The detector over real readers, for which everything is speech and the same face is everywhere."""
    limits = MediaLimits()
    ears = Ears(SandboxSoundReader(sandbox, limits), TalkingAllTheTime())
    eyes = Eyes(SandboxVideoReader(sandbox, limits), FixedFinder([a_face(left=28, top=12, side=40)]))
    cues = Cues(a_voice_cue(), FixedLipCue(), FixedCoherenceCue())
    return AvSyncDetector(ears, eyes, StillFaces(), cues, [], FakeClock())


def test_a_real_recording_gets_a_soundtrack_and_a_timeline(sandbox: Sandbox) -> None:
    sound = 0.1 * np.sin(np.arange(5 * 48_000) / 20).astype(np.float32)
    answers, code, _ = analyze(real(sandbox), upload(recording("flac", sound), AUDIO))
    assert code == grpc.StatusCode.OK
    assert kinds(answers) == ["soundtrack", "voice_spoof", "av_coherence", "lip_sync"]
    events = {answer.WhichOneof("event"): answer for answer in answers}
    soundtrack = events["soundtrack"].soundtrack
    assert (round(seconds(soundtrack.duration), 2), soundtrack.codec) == (5, "flac")
    [voice] = [answer.evidence for answer in answers if answer.evidence.cue == "voice_spoof"]
    assert [round(seconds(span.end), 1) for span in voice.finding.spans] == [3, 4.5, 5]


@pytest.mark.parametrize("told", [True, False])
def test_a_real_video_gets_a_curve_of_its_lips(sandbox: Sandbox, told: bool) -> None:
    late = [Request(tracks=tracks(a_path(0, 3, side_px=40), 640, 360, examined_s=3))] if told else []
    film = video(Recipe(steady(75, 25), with_sound=True))
    answers, code, _ = analyze(real(sandbox), [*upload(film), *late])
    assert code == grpc.StatusCode.OK
    assert kinds(answers) == ["soundtrack", "voice_spoof", "av_coherence", "lip_sync", "lip_sync"]


def test_a_real_video_without_sound_is_told_to_have_none(sandbox: Sandbox) -> None:
    answers, code, _ = analyze(real(sandbox), upload(video(Recipe(steady(25, 25)))))
    assert code == grpc.StatusCode.OK
    assert kinds(answers) == ["voice_spoof", "lip_sync", "av_coherence"]
    reasons = {answer.evidence.abstention.reason for answer in answers if answer.HasField("evidence")}
    assert reasons == {evidence_pb2.ABSTENTION_REASON_NO_SOUND}


def test_a_photo_is_none_of_its_business(sandbox: Sandbox) -> None:
    sent = upload(SOUND, media_pb2.MEDIA_KIND_IMAGE)
    _, code, details = analyze(real(sandbox), sent)
    assert code == grpc.StatusCode.UNIMPLEMENTED
    assert "Send a recording or a video" in details
