from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fusion_svc.fuse import check, weigh
from kit.errors import InvalidRequest
from telltale.common.v1 import evidence_pb2
from tests.support.fusion import PARAMETERS, a_finding, an_abstention

ratios = st.floats(-20, 20)
shares = st.floats(0, 1)
cues = st.sampled_from(["alpha", "beta", "gamma", "never_heard_of"])
evidence = st.dictionaries(cues, st.tuples(ratios, shares), max_size=4).map(
    lambda given: [a_finding(cue, ratio, quality) for cue, (ratio, quality) in given.items()]
)
many = settings(deadline=None)


@many
@given(evidence, st.floats(-5, 5))
def test_the_prior_and_the_contributions_add_up_to_the_log_odds(
    entries: list[evidence_pb2.Evidence], prior: float
) -> None:
    balance = weigh(entries, PARAMETERS.model_copy(update={"prior_log_odds": prior}))
    assert balance.log_odds == pytest.approx(prior + sum(entry.log_odds for entry in balance.contributions), abs=1e-9)


@many
@given(evidence)
def test_each_contribution_is_weight_times_quality_times_ratio(entries: list[evidence_pb2.Evidence]) -> None:
    for entry in weigh(entries, PARAMETERS).contributions:
        assert entry.log_odds == entry.weight * entry.quality * entry.log_likelihood_ratio


@many
@given(evidence, st.randoms())
def test_the_order_of_evidence_does_not_matter(entries: list[evidence_pb2.Evidence], chance: random.Random) -> None:
    shuffled = chance.sample(entries, len(entries))
    assert weigh(shuffled, PARAMETERS) == weigh(entries, PARAMETERS)


@many
@given(evidence, st.floats(0, 20), shares)
def test_evidence_for_manipulation_never_lowers_the_log_odds(
    entries: list[evidence_pb2.Evidence], ratio: float, quality: float
) -> None:
    others = [entry for entry in entries if entry.cue != "alpha"]
    assert (
        weigh([*others, a_finding("alpha", ratio, quality)], PARAMETERS).log_odds >= weigh(others, PARAMETERS).log_odds
    )


def test_the_all_clear_of_a_one_sided_test_counts_as_nothing_said() -> None:
    one_sided = PARAMETERS.model_copy(update={"one_sided": ["alpha"]})
    balance = weigh([a_finding("alpha", -2), a_finding("beta", -1)], one_sided)
    assert balance.log_odds == weigh([a_finding("beta", -1)], PARAMETERS).log_odds


def test_what_a_one_sided_test_says_for_manipulation_counts_in_full() -> None:
    one_sided = PARAMETERS.model_copy(update={"one_sided": ["alpha"]})
    assert weigh([a_finding("alpha", 2)], one_sided) == weigh([a_finding("alpha", 2)], PARAMETERS)


def test_the_evidence_itself_is_not_changed_by_being_one_sided() -> None:
    entry = a_finding("alpha", -2)
    weigh([entry], PARAMETERS.model_copy(update={"one_sided": ["alpha"]}))
    assert entry.finding.log_likelihood_ratio == -2


def test_the_strongest_contribution_comes_first_and_ties_go_by_name() -> None:
    balance = weigh([a_finding("beta", 2), a_finding("alpha", -1), a_finding("gamma", 20)], PARAMETERS)
    assert [entry.cue for entry in balance.contributions] == ["gamma", "alpha", "beta"]


def test_a_test_that_the_model_does_not_know_weighs_nothing() -> None:
    balance = weigh([a_finding("never_heard_of", 20)], PARAMETERS)
    assert (balance.log_odds, balance.usable_evidence, balance.contributions[0].weight) == (0.0, 0.0, 0.0)


def test_usable_evidence_counts_weight_times_quality_of_findings_alone() -> None:
    silent = an_abstention("gamma", evidence_pb2.ABSTENTION_REASON_NO_FACE)
    assert weigh([a_finding("alpha", 0, 0.5), a_finding("beta", 3), silent], PARAMETERS).usable_evidence == 1.0


def test_a_contribution_of_nothing_has_no_sign() -> None:
    contribution = weigh([a_finding("alpha", -3, 0)], PARAMETERS).contributions[0]
    assert math.copysign(1, contribution.log_odds) == 1


@pytest.mark.parametrize("ratio", [math.nan, math.inf, -math.inf, 20.1])
def test_a_ratio_out_of_range_is_refused(ratio: float) -> None:
    with pytest.raises(InvalidRequest, match=r"'alpha': log_likelihood_ratio must lie in \[-20, 20\]"):
        check([a_finding("alpha", ratio)])


@pytest.mark.parametrize("quality", [math.nan, math.inf, -0.1, 1.1])
def test_a_quality_out_of_range_is_refused(quality: float) -> None:
    with pytest.raises(InvalidRequest, match=r"'alpha': quality must lie in \[0, 1\]"):
        check([a_finding("alpha", 1, quality)])


def test_a_test_that_appears_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="'alpha' appears more than once"):
        check([a_finding("alpha", 1), a_finding("alpha", 1)])


@pytest.mark.parametrize(
    "entry", [evidence_pb2.Evidence(cue="alpha"), an_abstention("alpha", evidence_pb2.ABSTENTION_REASON_UNSPECIFIED)]
)
def test_evidence_with_neither_opinion_nor_reason_is_refused(entry: evidence_pb2.Evidence) -> None:
    with pytest.raises(InvalidRequest, match="'alpha' has no finding and no reason"):
        check([entry])
