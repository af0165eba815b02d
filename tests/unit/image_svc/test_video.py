from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import protovalidate
import pytest

from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.video import Event, VideoCues, VideoDetector
from kit.convert.evidence import finding
from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2, media_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.clock import FakeClock
from tests.support.image import a_face, a_model
from tests.support.moving import Faces, FakeVideoReader, TimedFinder, still


class Suspicious:
    """A network that says 2 of every face."""

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        return {"logit": inputs["face"][:, 0, 0, 0] * 0 + 2}


class KeyFrameCue:
    name = "frequency"
    model: LoadedModel = a_model()

    def __init__(self) -> None:
        self.seen: list[tuple[tuple[int, ...], list[Face]]] = []

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        self.seen.append((picture.shape, list(faces)))
        return finding(self.name, 1.0, 1.0, "frequency_spectrum_unusual", {})


@dataclasses.dataclass
class Setup:
    detector: VideoDetector
    key_frames: KeyFrameCue
    photos: KeyFrameCue


def setup(faces: Faces = still, duration_s: float = 5.12) -> Setup:
    face = FaceSpatialCue(Suspicious(), a_model("face_spatial"))
    key_frames, photos = KeyFrameCue(), KeyFrameCue()
    cues = VideoCues(face, [key_frames], [photos])
    detector = VideoDetector(FakeVideoReader(duration_s), TimedFinder(faces), cues, FakeClock())
    return Setup(detector, key_frames, photos)


def events(made: Setup, cancel: CancelToken | None = None) -> list[Event]:
    with MediaFile.from_bytes(b"a video") as media:
        told = list(made.detector.analyze(media, media_pb2.DEPTH_STANDARD, cancel or CancelToken()))
    for event in told:
        protovalidate.validate(event)
    return told


def evidence(told: Sequence[Event]) -> list[evidence_pb2.Evidence]:
    return [event for event in told if isinstance(event, evidence_pb2.Evidence)]


def test_tracks_come_once_and_before_all_evidence() -> None:
    told = [type(event) for event in events(setup()) if not isinstance(event, media_pb2.Progress)]
    assert told == [image_service_pb2.FaceTracks, *[evidence_pb2.Evidence] * 3]


def test_progress_never_falls() -> None:
    shares = [event.done_share for event in events(setup()) if isinstance(event, media_pb2.Progress)]
    assert len(shares) > 10
    assert shares == sorted(shares)


def test_each_test_has_a_timeline_of_the_person() -> None:
    face, key_frame, _ = evidence(events(setup()))
    assert [span.log_likelihood_ratio for span in face.finding.spans] == [2.0] * 8
    assert [span.log_likelihood_ratio for span in key_frame.finding.spans] == [1.0] * 4


def test_tests_of_stills_see_one_face_and_what_is_around_it() -> None:
    made = setup(lambda _: [a_face(side=100), a_face(left=150, side=64)])
    events(made)
    assert {len(faces) for _, faces in made.key_frames.seen} == {1}
    assert len(made.key_frames.seen) == 8


def test_spans_name_the_tracks_that_were_told() -> None:
    def faces(time_s: float) -> list[Face]:
        return [a_face(left=0, side=100)] if time_s < 2 else [a_face(left=150, side=90)]

    told = events(setup(faces))
    (tracks,) = (event for event in told if isinstance(event, image_service_pb2.FaceTracks))
    lengths = [len(track.observations) for track in tracks.tracks]
    assert lengths == [19, 13]
    for each in evidence(told)[:2]:
        starts = {span.track_id: span.start.ToMilliseconds() for span in reversed(each.finding.spans)}
        assert starts[1] == 0
        assert starts[0] >= 1900


def test_a_test_of_photos_abstains_unseen() -> None:
    made = setup()
    *_, last = evidence(events(made))
    assert last.abstention.reason == evidence_pb2.ABSTENTION_REASON_OUT_OF_RANGE
    assert not made.photos.seen


def test_without_a_face_all_tests_of_faces_abstain() -> None:
    told = events(setup(lambda _: []))
    (tracks,) = (event for event in told if isinstance(event, image_service_pb2.FaceTracks))
    assert (len(tracks.tracks), len(tracks.examined)) == (0, 4)
    reasons = [each.abstention.reason for each in evidence(told)]
    assert reasons[:2] == [evidence_pb2.ABSTENTION_REASON_NO_FACE] * 2


def test_whoever_cancels_stops_the_work() -> None:
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        events(setup(), cancel)
