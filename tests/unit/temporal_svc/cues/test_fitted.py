from __future__ import annotations

import numpy as np
import pytest

from kit.models.fitted import FittedTest, Parameters
from kit.vision.clips import FaceClip
from temporal_svc.cues.blending_flicker import blending_flicker
from temporal_svc.cues.fitted import FittedCue
from temporal_svc.cues.flow_consistency import flow_consistency
from temporal_svc.features import Floats, flicker_features, flow_features
from tests.support.image import a_test
from tests.support.temporal import a_clip, a_model


def when(clip: FaceClip) -> Floats:
    """(1,) the start of the clip, s."""
    return np.asarray([clip.start_s], dtype=np.float32)


def cue(*, reach: float) -> FittedCue:
    test = FittedTest.of(Parameters(mean=[0], scale=[1], weights=[0.5], bias=-1, clip=100, reach=reach))
    return FittedCue("flow_consistency", ("for", "against"), when, test, a_model("flow_consistency"))


def test_every_clip_is_weighed_by_itself() -> None:
    assert cue(reach=100).log_likelihood_ratios([a_clip(0), a_clip(4), a_clip(2)]) == pytest.approx([-1, 1, 0])


def test_ratios_end_at_the_card_s_limit() -> None:
    assert cue(reach=100).log_likelihood_ratios([a_clip(50)]) == pytest.approx([3])


def test_a_clip_beyond_what_the_fit_has_seen_has_no_opinion() -> None:
    ratios = cue(reach=3).log_likelihood_ratios([a_clip(2), a_clip(4)])
    assert np.isnan(ratios).tolist() == [False, True]


@pytest.mark.parametrize(
    ("make", "features"), [(flow_consistency, flow_features), (blending_flicker, flicker_features)]
)
def test_the_tests_weigh_what_they_are_named_after(make: type[FittedCue], features: type[Floats]) -> None:
    count = features(a_clip()).size  # type: ignore[call-arg]
    made = make(a_test(count, bias=0.7), a_model())  # type: ignore[call-arg, arg-type]
    assert made.log_likelihood_ratios([a_clip()]) == pytest.approx([0.7])
