from __future__ import annotations

import datetime
from collections.abc import Sequence

import protovalidate
import pytest

from image_svc.detector import ImageDetector
from kit.convert.evidence import finding
from kit.errors import UndecodableMedia
from kit.media.file import MediaFile
from kit.models.card import LoadedModel
from kit.vision.faces import Face, Picture
from telltale.common.v1 import evidence_pb2
from telltale.image.v1 import image_service_pb2
from tests.support.clock import FakeClock
from tests.support.image import FixedFinder, a_face, a_model, noisy_picture


class FixedDecoder:
    def __init__(self, picture: Picture | None) -> None:
        self.picture = picture

    def decode(self, media: MediaFile) -> Picture:
        if self.picture is None:
            raise UndecodableMedia("no picture could be read; send another file")
        return self.picture


class SlowCue:
    def __init__(self, name: str, clock: FakeClock) -> None:
        self.name = name
        self.model: LoadedModel = a_model()
        self._clock = clock
        self.seen: list[list[Face]] = []

    def examine(self, picture: Picture, faces: Sequence[Face]) -> evidence_pb2.Evidence:
        self.seen.append(list(faces))
        self._clock.advance(0.25)
        return finding(self.name, 1.0, 1.0, "slow_finding", {})


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))


def detector(clock: FakeClock, faces: list[Face], picture: Picture | None) -> tuple[ImageDetector, list[SlowCue]]:
    cues = [SlowCue("first", clock), SlowCue("second", clock)]
    return ImageDetector(FixedDecoder(picture), FixedFinder(faces), cues, [cue.model for cue in cues], clock), cues


def test_the_faces_come_first_and_then_each_cue_s_evidence(clock: FakeClock) -> None:
    made, _ = detector(clock, [a_face()], noisy_picture())
    tracks, *evidence = made.analyze(MediaFile.from_bytes(b"x"))
    assert isinstance(tracks, image_service_pb2.FaceTracks)
    assert (len(tracks.tracks), tracks.model.name) == (1, "finder")
    assert [each.cue for each in evidence if isinstance(each, evidence_pb2.Evidence)] == ["first", "second"]
    for each in evidence:
        protovalidate.validate(each)


def test_faces_are_sent_before_any_cue_runs(clock: FakeClock) -> None:
    made, cues = detector(clock, [a_face()], noisy_picture())
    events = made.examine(noisy_picture())
    next(events)
    assert [cue.seen for cue in cues] == [[], []]


def test_every_cue_sees_the_faces_that_were_found(clock: FakeClock) -> None:
    faces = [a_face(side=90), a_face(side=70)]
    made, cues = detector(clock, faces, noisy_picture())
    list(made.examine(noisy_picture()))
    assert [cue.seen for cue in cues] == [[faces], [faces]]


def test_evidence_carries_the_time_its_cue_took(clock: FakeClock) -> None:
    # One cue alone: two at once would share the fake clock.
    cue = SlowCue("only", clock)
    made = ImageDetector(FixedDecoder(None), FixedFinder([]), [cue], [cue.model], clock)
    times = [
        e.compute_time.ToMilliseconds() for e in made.examine(noisy_picture()) if isinstance(e, evidence_pb2.Evidence)
    ]
    assert times == [250]


def test_what_the_decoder_raises_reaches_the_caller(clock: FakeClock) -> None:
    made, _ = detector(clock, [], None)
    with pytest.raises(UndecodableMedia):
        list(made.analyze(MediaFile.from_bytes(b"x")))


def test_warming_up_runs_every_cue_on_a_face(clock: FakeClock) -> None:
    made, cues = detector(clock, [], None)
    made.warm_up()
    assert [len(cue.seen[0]) for cue in cues] == [1, 1]
