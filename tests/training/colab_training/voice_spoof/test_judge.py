"""Tables and kernels say what scikit-learn says; both classes and all makers are heard in fair shares."""

from __future__ import annotations

from dataclasses import replace

import pytest

pytest.importorskip("torch", reason="the training environment is not installed")

import numpy as np
import torch
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.svm import SVC

from colab_training.metrics import auc
from colab_training.voice_spoof.items import Item, Items
from colab_training.voice_spoof.judge import Kernels, fit_judge, item_weights, judged, tree_tables
from colab_training.voice_spoof.settings import WeightSettings
from tests.training.colab_training.voice_spoof.made_up import (
    an_item,
    an_utterance,
    settings,
    utterances,
    versions,
    with_numbers,
)

FEW = 24
EVEN = WeightSettings(copy_weight=1.0, damaged_weight=1.0)


@pytest.fixture(scope="module")
def items() -> Items:
    return with_numbers(list(versions(utterances())), count=FEW, shift=0.7)


def told(network: torch.nn.Module, numbers: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return network(torch.from_numpy(numbers)).numpy()


@pytest.mark.parametrize(("forests", "trees", "leaves"), [(1, 1, 2), (1, 40, 31), (3, 20, 8)])
def test_tables_say_what_the_forests_say(items: Items, forests: int, trees: int, leaves: int) -> None:
    weights = item_weights(items.items, EVEN)
    grown = [
        HistGradientBoostingClassifier(
            max_iter=trees, max_leaf_nodes=leaves, max_features=0.5, random_state=seed, early_stopping=False
        ).fit(items.numbers, items.fake, weights)
        for seed in range(forests)
    ]
    expected = np.mean([forest.decision_function(items.numbers) for forest in grown], axis=0)
    np.testing.assert_allclose(told(tree_tables(grown), items.numbers), expected, atol=1e-5)


def test_tables_cut_between_neighbouring_numbers_as_the_forests_do() -> None:
    low = np.float32(1)
    for _ in range(8):  # neighbours of single precision: what lies between them can only be rounded to one of them
        high = np.nextafter(low, np.float32(2))
        numbers = np.repeat([low, high], 50).astype(np.float32)[:, None]
        forest = HistGradientBoostingClassifier(max_iter=1).fit(numbers, numbers[:, 0] == high)
        np.testing.assert_allclose(told(tree_tables([forest]), numbers), forest.decision_function(numbers), atol=1e-5)
        low = high


def test_kernels_say_what_the_machine_says(items: Items) -> None:
    machine = SVC(C=3.0, gamma=0.02).fit(items.numbers, items.fake, item_weights(items.items, EVEN))
    vectors, weights = (
        torch.from_numpy(own.astype(np.float32)) for own in (machine.support_vectors_, machine.dual_coef_)
    )
    kernels = Kernels(vectors, weights[0], float(machine.intercept_[0]), 0.02)
    np.testing.assert_allclose(told(kernels, items.numbers), machine.decision_function(items.numbers), atol=1e-4)


@pytest.mark.parametrize("share", [0.25, 0.75])
def test_the_fitted_judge_tells_fakes_and_gives_the_trees_their_share(items: Items, share: float) -> None:
    trees = settings().trees.model_copy(update={"share": share})
    judge = fit_judge(settings(trees=trees), items)
    assert auc(items.fake, judged(judge, items.numbers)) > 0.9
    standard = judge.standard(torch.from_numpy(items.numbers))
    members = (judge.trees, judge.kernels)
    says = [factor * told(member, standard.numpy()) for factor, member in zip(judge.factors, members, strict=True)]
    assert [say.std() for say in says] == pytest.approx([share, 1 - share], rel=0.01)


def test_a_number_that_ran_away_does_not_decide_more_than_one_that_is_far(items: Items) -> None:
    judge = fit_judge(settings(), items)
    far, ran_away = items.numbers[:4].copy(), items.numbers[:4].copy()
    far[:, 0], ran_away[:, 0] = 100, 1e9
    np.testing.assert_array_equal(judged(judge, far), judged(judge, ran_away))


def test_nothing_but_numbers_and_settings_decides(items: Items) -> None:
    first, again, other = (
        judged(fit_judge(replaced, items), items.numbers) for replaced in (settings(), settings(), settings(seed=2))
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("weights", [EVEN, settings().weights])
def test_both_classes_weigh_alike(items: Items, weights: WeightSettings) -> None:
    shares = item_weights(items.items, weights)
    assert shares.mean() == pytest.approx(1)
    assert shares[items.fake].sum() == pytest.approx(shares[~items.fake].sum())


def test_makers_weigh_by_the_root_of_what_they_have() -> None:
    large = [an_item(an_utterance(f"{number}", source="large")) for number in range(9)]
    small, fake = an_item(an_utterance(source="small")), an_item(an_utterance(system="any"))
    shares = item_weights([*large, small, fake], EVEN)
    assert shares[:9].sum() == pytest.approx(3 * shares[9])


def test_copies_and_damaged_versions_count_as_the_settings_say() -> None:
    fake, real = an_utterance(system="any"), an_utterance()
    items: list[Item] = [an_item(fake), an_item(fake, damage="random"), an_item(real, copy="world"), an_item(real)]
    shares = item_weights(items, WeightSettings(copy_weight=0.2, damaged_weight=0.5))
    assert shares[1] == pytest.approx(0.5 * shares[0])
    assert shares[2] == pytest.approx(0.2 * shares[0])
    assert replace(items[2], copy="").maker == real.source
