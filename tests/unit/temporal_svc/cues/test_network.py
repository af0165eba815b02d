from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from kit.convert.clips import to_clip_tensor
from kit.models.runtime import Tensor
from temporal_svc.cues.face_drift import face_drift
from temporal_svc.cues.face_motion import face_motion
from tests.support.temporal import a_clip, a_model


class BrightnessSession:
    """Answers the mean of each clip; remembers how many clips it was asked about at once."""

    def __init__(self) -> None:
        self.asked: list[Tensor] = []

    def run(self, inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
        self.asked.append(inputs["clip"])
        return {"logit": inputs["clip"].mean(axis=(1, 2, 3, 4)).astype(np.float32)}


def test_the_network_is_shown_clips_as_the_card_says() -> None:
    session, model = BrightnessSession(), a_model()
    face_motion(session, model).log_likelihood_ratios([a_clip()])
    (asked,) = session.asked
    np.testing.assert_array_equal(asked[0], to_clip_tensor(a_clip(), model.card.clip_preprocessing))


def test_many_clips_are_shown_eight_at_a_time_and_answered_in_order() -> None:
    session = BrightnessSession()
    clips = [a_clip(0.64 * number) for number in range(19)]
    for number, clip in enumerate(clips):
        clip.pixels[:] = number * 10
    ratios = face_motion(session, a_model()).log_likelihood_ratios(clips)
    assert [len(asked) for asked in session.asked] == [8, 8, 3]
    assert ratios.shape == (19,)
    assert (np.diff(ratios) > 0).all()


def test_logits_are_calibrated_and_bounded_by_the_card() -> None:
    model = a_model()
    model.card.postprocessing.calibration.slope = 2
    model.card.postprocessing.calibration.intercept = 0.5
    bright, dark = a_clip(), a_clip()
    bright.pixels[:], dark.pixels[:] = 255, 0  # logits +1 and -1
    cue = face_drift(BrightnessSession(), model)
    assert cue.log_likelihood_ratios([bright, dark]) == pytest.approx([2.5, -1.5])
    model.card.postprocessing.calibration.limit = 1
    assert cue.log_likelihood_ratios([bright, dark]) == pytest.approx([1, -1])


def test_each_test_has_its_name_and_its_own_reasons() -> None:
    cues = [face_motion(BrightnessSession(), a_model()), face_drift(BrightnessSession(), a_model())]
    assert [cue.name for cue in cues] == ["face_motion", "face_drift"]
    assert len({code for cue in cues for code in (cue.code_for, cue.code_against)}) == 4
