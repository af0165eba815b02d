from __future__ import annotations

from pathlib import Path

import pytest

from kit.errors import PromotionRefused
from kit.models.card import LoadedModel
from promotion.golden import GoldenSet, Item
from promotion.judging.wire import Opinion, Order
from promotion.measure import measure
from promotion.measurements import Measurements
from tests.support.promotion import CannedJudging, a_card, items, policy, starting

GOLDEN = GoldenSet(items(3, 3), "0" * 64)
RATIOS = {f"{number}.jpg": float(number) for number in range(6)}
OURS = {"frequency": LoadedModel(a_card(), "0" * 64, Path("/ours"))}
THEIRS = {"frequency": LoadedModel(a_card(), "0" * 64, Path("/theirs"))}


def measured(ours: CannedJudging, theirs: CannedJudging, name: str = "frequency") -> Measurements:
    def judging(order: Order) -> CannedJudging:
        return ours if order.models == {"frequency": "/ours"} else theirs

    return measure(name, GOLDEN, OURS, THEIRS, policy(), starting(judging))


def test_both_judge_every_item_and_the_first_one_once_more_to_warm_up() -> None:
    ours, theirs = CannedJudging(RATIOS), CannedJudging(RATIOS)
    found = measured(ours, theirs)
    assert [reading.llr for reading in found.candidate.readings] == list(RATIOS.values())
    assert ours.asked[:7] == ["0.jpg", *RATIOS] == theirs.asked[:7]
    assert found.judged_by == "the test frequency itself"
    assert found.candidate.checks == "the first 5 files twice the same; network"


def test_the_first_items_are_asked_again_and_must_be_answered_alike() -> None:
    class Fickle(CannedJudging):
        def judge(self, item: Item) -> Opinion:
            self.ratios = {name: ratio + 1 for name, ratio in RATIOS.items()} if len(self.asked) == 7 else self.ratios
            return super().judge(item)

    found = measured(Fickle(RATIOS), CannedJudging(RATIOS))
    assert found.candidate.parity[0] == "0.jpg was answered 0.0 and then 1.0"
    assert found.live is not None
    assert found.live.parity == []


def test_a_candidate_that_fails_is_left_alone_and_told() -> None:
    ours, theirs = CannedJudging(dict.fromkeys(list(RATIOS)[:3], 0.0)), CannedJudging(RATIOS)
    found = measured(ours, theirs)
    assert found.failure == "the candidate failed: 3.jpg: it ended with code 1"
    assert ours.asked[-1] == "3.jpg"
    assert len(theirs.asked) <= 5


def test_what_the_network_got_wrong_is_kept() -> None:
    found = measured(CannedJudging(RATIOS, ["logit is not finite"]), CannedJudging(RATIOS))
    assert found.candidate.parity == ["logit is not finite"]


def test_items_of_kinds_that_the_service_does_not_take_are_left_out() -> None:
    found = measure("voice_spoof", GOLDEN, OURS, None, policy(), starting(lambda order: CannedJudging(RATIOS)))
    assert (found.items, found.live) == ([], None)


def test_a_model_that_no_service_runs_cannot_be_judged() -> None:
    with pytest.raises(PromotionRefused, match="no service runs a model mtcnn"):
        measured(CannedJudging(RATIOS), CannedJudging(RATIOS), "mtcnn")
