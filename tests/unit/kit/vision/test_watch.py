from __future__ import annotations

import numpy as np
import protovalidate
import pytest

from kit.errors import Cancelled
from kit.media.cancel import CancelToken
from kit.media.file import MediaFile
from kit.media.video import Frames
from kit.vision.faces import Face
from kit.vision.tracker import FaceTracker
from kit.vision.watch import Eyes, Watch, watch
from telltale.common.v1 import media_pb2
from tests.support.image import FixedFinder, a_face
from tests.support.moving import Faces, FakeVideoReader, TimedFinder, still

MEDIA = MediaFile.from_bytes(b"a video")


def watching(
    reader: FakeVideoReader, faces: Faces, depth: media_pb2.Depth.ValueType = media_pb2.DEPTH_STANDARD
) -> Watch:
    return watch(reader, TimedFinder(faces), MEDIA, depth, CancelToken())


def test_everybody_is_followed_over_the_whole_length() -> None:
    looking = watching(FakeVideoReader(5.12), still)
    assert len(list(looking.looks())) == 32
    message = looking.face_tracks(looking.people())
    protovalidate.validate(message)
    assert [len(track.observations) for track in message.tracks] == [32]
    assert message.tracks[0].observations[0].width_px == 2 * 128  # the file is twice as wide as the frames
    assert [each.end.ToMilliseconds() for each in message.examined] == [1280, 2560, 3840, 5120]


def test_a_quick_look_reads_six_stretches() -> None:
    reader = FakeVideoReader(30.0)
    looking = watching(reader, still, media_pb2.DEPTH_QUICK)
    list(looking.looks())
    assert len(reader.asked) == len(looking.examined) == 6


def test_a_video_without_faces_was_examined_nevertheless() -> None:
    looking = watching(FakeVideoReader(2.0), lambda _: [])
    list(looking.looks())
    message = looking.face_tracks(looking.people())
    assert (len(message.tracks), len(message.examined), message.model.name) == (0, 2, "finder")


def test_stretches_that_were_not_reached_are_not_called_examined() -> None:
    looking = watching(FakeVideoReader(5.12, ends_early_s=2.0), still)
    list(looking.looks())
    assert [span.end_s for span in looking.examined] == pytest.approx([1.28, 2.56])


def test_eyes_tell_at_every_new_stretch_how_much_is_over() -> None:
    eyes = Eyes(FakeVideoReader(5.12), TimedFinder(still))
    looking = eyes.watch(MEDIA, media_pb2.DEPTH_STANDARD, CancelToken())
    assert list(looking.shares(CancelToken())) == pytest.approx([0.25, 0.5, 0.75])
    assert len(looking.people()) == 1


def test_a_cancelled_look_ends_at_the_next_frame() -> None:
    looking, cancel = watching(FakeVideoReader(5.12), still), CancelToken()
    shares = looking.shares(cancel)
    next(shares)
    cancel.cancel()
    with pytest.raises(Cancelled):
        next(shares)


def test_the_share_that_is_done_rises_to_nearly_one() -> None:
    looking = watching(FakeVideoReader(5.12), still)
    shares = [looking.done_share(look) for look in looking.looks()]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == pytest.approx(1, abs=0.05)


def test_people_on_both_sides_of_a_cut_are_two() -> None:
    tracker = FaceTracker(FixedFinder([a_face()]))
    shades = np.repeat([20, 200], 4)[:, None, None, None]
    pixels = np.broadcast_to(shades, (8, 60, 80, 3)).astype(np.uint8)
    numbers = [look.numbers for look in tracker.look([Frames(np.arange(8) * 0.16, np.zeros(8, np.int64), pixels)])]
    assert numbers == [[0]] * 4 + [[1]] * 4


def test_whoever_cancels_stops_the_look() -> None:
    cancel = CancelToken()
    looking = watch(FakeVideoReader(5.12), TimedFinder(still), MEDIA, media_pb2.DEPTH_STANDARD, cancel)
    looks = looking.looks()
    next(looks)
    cancel.cancel()
    with pytest.raises(Cancelled):
        list(looks)


def test_a_face_that_leaves_leaves_its_track() -> None:
    def faces(time_s: float) -> list[Face]:
        return [a_face(), a_face(left=300)] if time_s < 1 else [a_face()]

    looking = watching(FakeVideoReader(5.12), faces)
    list(looking.looks())
    assert [len(track.times_s) for track in looking.people()] == [32, 7]


def test_small_faces_are_followed_by_thorough_looks() -> None:
    looking = watching(FakeVideoReader(5.12), lambda _: [a_face(side=40)])
    list(looking.looks())
    (track,) = looking.people()
    assert np.diff(track.times_s) == pytest.approx(0.32)


def test_small_faces_beside_a_large_one_are_followed_too() -> None:
    looking = watching(FakeVideoReader(5.12), lambda _: [a_face(), a_face(left=10, top=10, side=40)])
    list(looking.looks())
    large, small = looking.people()
    assert (len(large.times_s), len(small.times_s)) == (32, 8)
