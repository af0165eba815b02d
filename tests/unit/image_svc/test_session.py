from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from image_svc.cues.face_spatial import FaceSpatialCue
from image_svc.session import MAX_FACES, FaceSession
from kit.models.runtime import Tensor
from tests.support.clock import FakeClock
from tests.support.image import a_face, a_model
from tests.support.moving import LOOK_S, a_look


class Brightness:
    """A network that answers with the mean of each tensor."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        self.batches.append(len(inputs["face"]))
        return {"logit": inputs["face"].mean(axis=(1, 2, 3))}


def a_session() -> tuple[FaceSession, Brightness]:
    network = Brightness()
    return FaceSession(FaceSpatialCue(network, a_model("face_spatial", min_face_px=60)), FakeClock()), network


def test_a_face_is_judged_about_three_times_a_second() -> None:
    session, _ = a_session()
    for number in range(50):  # eight seconds
        session.show(a_look(number * LOOK_S, a_face()))
    assert [moment.time_s for moment in session.moments({0: 0})] == pytest.approx(np.arange(25) * 0.32)


def test_a_slow_video_is_judged_frame_by_frame() -> None:
    session, _ = a_session()
    for second in range(5):
        session.show(a_look(second, a_face()))
    assert len(session.moments({0: 0})) == 5


def test_everybody_is_judged_on_their_own_and_told_by_track() -> None:
    session, _ = a_session()
    session.show(a_look(0.0, a_face(), a_face(side=100), numbers=[7, 3]))
    assert [moment.track_id for moment in session.moments({7: 1, 3: 0})] == [1, 0]


def test_faces_that_turned_out_to_be_none_are_left_out() -> None:
    session, _ = a_session()
    session.show(a_look(0.0, a_face(), a_face(side=100)))
    assert [moment.track_id for moment in session.moments({1: 0})] == [0]


def test_small_faces_and_the_back_of_a_crowd_are_not_judged() -> None:
    session, network = a_session()
    session.show(a_look(0.0, *[a_face(side=90)] * 12, a_face(side=59)))
    session.show(a_look(0.4, a_face(side=59), numbers=[99]))
    session.moments({})
    assert sum(network.batches) == MAX_FACES


def test_faces_go_through_the_network_while_frames_pass() -> None:
    session, network = a_session()
    for number in range(20):
        session.show(a_look(number * 0.32, a_face()))
    assert network.batches == [4] * 5
