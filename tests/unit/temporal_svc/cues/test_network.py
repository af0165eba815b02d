from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from kit.models.card import LoadedModel
from kit.models.runtime import Tensor
from kit.vision.clips import FaceClip
from temporal_svc.cues.face_drift import face_drift
from temporal_svc.cues.face_motion import face_motion
from temporal_svc.cues.network import NetworkCue
from temporal_svc.features import Floats, motion_maps, motion_series
from tests.support.temporal import a_clip, a_model


class SumSession:
    """Answers the sum of what each clip measures; remembers what it was asked about at once."""

    def __init__(self) -> None:
        self.asked: list[Tensor] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        self.asked.append(inputs["clip"])
        return {"logit": inputs["clip"].reshape(len(inputs["clip"]), -1).sum(axis=1).astype(np.float32)}


def when(clip: FaceClip) -> Floats:
    """(1,) the start of the clip, s."""
    return np.asarray([clip.start_s], dtype=np.float32)


def cue(session: SumSession) -> NetworkCue:
    return NetworkCue("face_motion", ("for", "against"), when, session, a_model())


@pytest.mark.parametrize(("make", "measure"), [(face_motion, motion_maps), (face_drift, motion_series)])
def test_each_network_is_shown_what_it_was_trained_on(
    make: Callable[[SumSession, LoadedModel], NetworkCue], measure: Callable[[FaceClip], Floats]
) -> None:
    session = SumSession()
    make(session, a_model()).log_likelihood_ratios([a_clip()])
    (asked,) = session.asked
    assert asked.dtype == np.float32
    np.testing.assert_array_equal(asked[0], measure(a_clip()))


def test_many_clips_are_shown_eight_at_a_time_and_answered_in_order() -> None:
    session = SumSession()
    ratios = cue(session).log_likelihood_ratios([a_clip(0.1 * number) for number in range(19)])
    assert [len(asked) for asked in session.asked] == [8, 8, 3]
    assert ratios == pytest.approx(0.1 * np.arange(19), abs=1e-6)


def test_logits_are_calibrated_and_bounded_by_the_card() -> None:
    said = cue(SumSession())
    calibration = said.model.card.postprocessing.calibration
    calibration.slope, calibration.intercept = 2, 0.5
    assert said.log_likelihood_ratios([a_clip(1), a_clip(-1)]) == pytest.approx([2.5, -1.5])
    calibration.limit = 1
    assert said.log_likelihood_ratios([a_clip(1), a_clip(-1)]) == pytest.approx([1, -1])


def test_each_test_has_its_name_and_its_own_reasons() -> None:
    cues = [face_motion(SumSession(), a_model()), face_drift(SumSession(), a_model())]
    assert [cue.name for cue in cues] == ["face_motion", "face_drift"]
    assert len({code for cue in cues for code in (cue.code_for, cue.code_against)}) == 4
