from __future__ import annotations

import pytest
from pydantic import ValidationError

from fusion_svc.fuse import weigh
from fusion_svc.model import KindParameters, LargePictures, Pattern
from telltale.common.v1 import evidence_pb2, media_pb2
from tests.support.fusion import PARAMETERS, a_finding, an_abstention

PATTERNED = PARAMETERS.model_copy(
    update={
        "prior_log_odds": 0.5,
        "patterns": [
            Pattern(tests=["alpha"], weights={"alpha": 1.5}, prior_log_odds=-0.2),
            Pattern(tests=["alpha", "beta"], weights={"alpha": 0.8, "beta": 0.6}, prior_log_odds=0.1),
        ],
    }
)
SIZED = PATTERNED.model_copy(
    update={"large_pictures": LargePictures(above_side_px=256.0, factor=0.5, tests=["alpha", "beta"])}
)


def picture(width_px: int, height_px: int) -> media_pb2.MediaInfo:
    return media_pb2.MediaInfo(width_px=width_px, height_px=height_px)


def test_weights_and_prior_are_those_of_the_tests_that_spoke() -> None:
    alone = weigh([a_finding("alpha", 2.0)], PATTERNED)
    both = weigh([a_finding("alpha", 2.0), a_finding("beta", 1.0)], PATTERNED)
    assert (alone.prior_log_odds, alone.log_odds) == (-0.2, pytest.approx(-0.2 + 3.0))
    assert (both.prior_log_odds, both.log_odds) == (0.1, pytest.approx(0.1 + 1.6 + 0.6))


def test_contributions_add_up_exactly_under_a_pattern() -> None:
    balance = weigh([a_finding("alpha", 2.0, 0.7), a_finding("beta", -1.0), a_finding("gamma", 3.0)], SIZED)
    assert balance.prior_log_odds + sum(entry.log_odds for entry in balance.contributions) == pytest.approx(
        balance.log_odds, abs=1e-12
    )


def test_where_no_pattern_fits_the_common_weights_hold() -> None:
    balance = weigh([a_finding("beta", 2.0)], PATTERNED)
    assert balance.log_odds == pytest.approx(0.5 + 0.5 * 2.0)


@pytest.mark.parametrize(
    "silent",
    [
        a_finding("beta", 3.0, 0.0),
        an_abstention("beta", evidence_pb2.ABSTENTION_REASON_NO_FACE),
        a_finding("gamma", 0.0),
    ],
)
def test_a_test_without_an_opinion_or_out_of_the_patterns_does_not_choose_the_pattern(
    silent: evidence_pb2.Evidence,
) -> None:
    assert weigh([a_finding("alpha", 2.0), silent], PATTERNED).log_odds == pytest.approx(2.8)


def test_in_large_pictures_tests_and_prior_count_less() -> None:
    evidence = [a_finding("alpha", 2.0), a_finding("gamma", 1.0)]
    small, large = (weigh(evidence, SIZED, picture(1000, side)).log_odds for side in (256, 257))
    assert small == pytest.approx(-0.2 + 3.0 + 0.25)
    assert large == pytest.approx(0.5 * (-0.2 + 3.0) + 0.25)


def test_a_contribution_tells_the_weight_that_was_used() -> None:
    (contribution,) = weigh([a_finding("alpha", 2.0)], SIZED, picture(300, 300)).contributions
    assert contribution.weight == 0.75


@pytest.mark.parametrize(
    "patterns",
    [
        [{"tests": ["alpha"], "weights": {"beta": 1.0}, "prior_log_odds": 0.0}],
        [{"tests": ["unknown"], "weights": {"unknown": 1.0}, "prior_log_odds": 0.0}],
        [{"tests": ["alpha"], "weights": {"alpha": -1.0}, "prior_log_odds": 0.0}],
        [{"tests": ["alpha"], "weights": {"alpha": 1.0}, "prior_log_odds": 0.0}] * 2,
    ],
)
def test_a_pattern_that_contradicts_itself_or_the_others_is_refused(patterns: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        KindParameters.model_validate({**PARAMETERS.model_dump(), "patterns": patterns})
